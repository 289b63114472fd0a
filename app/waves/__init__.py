"""A wave's life, from new to closed, and what two people do about it together.

Each verb runs in its caller's transaction and refuses with a reason and a remedy. A state is a
time.

wave           made, loaded, held; as a draft, with its roster
situation      its state in a word, and its counts
launch         frozen, keys made, ballots issued, letters queued; reminders
closing        extended, cancelled, closed, with the digest of the urn
laterclosing   the letter about a later closing
reminders      reminders by rule
issuing        a ballot after the launch
corrections    one person added, corrected, removed
addresses      whose an address is
readdressing   other addresses for several people at once, and who needs no second person for it
deeds          what takes two people
rosterdeeds    the same about one person
proposals      one asks, another confirms
officers       who can be one of two
urndigest      the digest of an urn
reopening      a ballot issued anew after the closing
closingletter  whether a ballot was recorded, asked of everybody
participation  who took part, for payment
trusteedeeds   what officers and trustees do in committee mode
heads          the head of the papers, as an officer has written it
notes          the hourly notes: how many have cast
notecells      which groups are counted together in them
daysums        what a public record tells once a day in sum
counts         what pages say of ballots issued and received
overview       the steps of a wave
nextstep       the next thing to do
alterations    ballots that are not as they were issued
staffmail      letters to staff, queued
summons        letters to staff who have something to do in a wave
mailstops      that no letters go out: told to all while it lasts, and to staff after it
"""
