"""A wave's life, from new to closed, and what two people do about it together.

Each verb runs in its caller's transaction and refuses with a reason and a remedy. A state is a
time.

wave             before its launch: new, roster, external leaves; what it says of itself
launch           frozen, keys made, ballots issued, letters queued; reminders
closing          extended, cancelled, closed, with the digest of the urn
reminders        reminders by rule
issuing          a ballot after the launch
corrections      one person added, corrected, removed
rosterdeeds      the same by two people
proposals        one asks, another confirms
officers         who can be one of two
participation    who took part, for payment
notes            the hourly notes: how many have cast
overview         the steps of a wave, and the next thing to do
alterations      ballots that are not as they were issued
repairing        rows and key file set right with each other
accountsettling  what a crash left open about accounts
staffmail        letters to staff, sent one at a time
"""
