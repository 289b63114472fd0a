"""In and out of the console, its accounts, and keys that are carried away.

signin        in and out
entry         a password: first account, invitation, forgotten
secondfactor  a telephone: the first one, the next one
accounts      Tài khoản, one's own
colleagues    those of others, for administrators
masterkey     a copy of the master key
connections   Kết nối: addresses and keys for the scoring system
keyform       the form of such a key, read and judged
tellings      where its program is told of new sheets
"""
