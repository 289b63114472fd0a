"""Letters that come back: where they are told to come back to, and what that means for a letter.

Whoever can write to the mailbox can write anything into it. So a message changes something only
where it carries the mark that our letter went out with, and it can never do more than say of that
one letter that it did not arrive. Bounces of reminders and copies change nothing: that somebody was
sent one tells that they had not answered.

marks      the return path of a letter, signed; whose bounce a message is
report     a message read: addresses, and what became of each
written    notices that servers write in words
verdicts   what the words of a server say about an address
mailbox    messages out of a folder or a file of a mail program
imap       messages out of a mailbox on a mail server
taking     what a bounce makes of a letter
returned   letters that came back, and addresses that were dead the last time
"""
