"""In and out of the console, its accounts, and keys that are carried away.

signin       in and out
entry        first account, invitation, forgotten password
accounts     Tài khoản
masterkey    a copy of the master key
connections  Kết nối: address and keys for the scoring system
"""
