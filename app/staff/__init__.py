"""Who works at the console, and how they prove it.

There is no default account. An account whose row was altered signs in nobody and counts for
nothing.

staff          accounts found and described
list           all of them, and which were altered
accounts       what becomes of them: invited, changed, reset, removed
passwords      what is good enough, and whether one is right
commonplace    passwords that guessers try first
proofs         whose password it is, and whether that still holds
mistypes       wrong passwords in the log
factors        the second factor
guesses        wrong codes of it
recoverycodes  codes for who has lost the telephone
sessions       whose a browser is, and until when
keptpages      pages that forms were answered with, each for its session
links          first account, invitation, new password
invitations    what became of invitations
queue          letters to staff, written down
outbox         those that are due, and what became of them
letters        what they say
connections    keys with which another program reads score sheets
adoption       accounts of an earlier version taken over
"""
