"""What goes by the clock: letters sent, and a house kept in order.

Each of it is safe to try again, and to try in several processes at once.

sending        what is due goes out, by `phieu send` or beside the server
delivery       one run over the outbox on several connections
ledger         what became of its letters, written down
letterheads    what all letters of a wave share
staffdelivery  letters to staff, sent one at a time
calling        other programs told of new sheets
returns        letters that came back
housekeeping   closings, hourly notes, reminders, what has run out
"""
