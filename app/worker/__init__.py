"""What goes by the clock: letters sent, and a house kept in order.

Each of it is safe to try again, and to try in several processes at once.

sending       what is due goes out, by `phieu send` or beside the server
delivery      one run over the outbox on several connections
heads         what all letters of a wave share
housekeeping  closings, hourly notes, reminders, what has run out
"""
