"""Database and key file set right with each other: after a crash, a backup, another version.

What is believed is told: in the log, in the minutes, or to whom it concerns. Twice does no harm.

adoption   what an earlier version did, or was before a key file was lost, taken over as it stands
leftopen   what a crash between a commit and the key file left open
restored   what differs after a backup was put back, and what to do about it
repairing  the row of a wave that somebody altered, written as the key file knows it
"""
