"""Letters to respondents: from the queue to what the relay answered.

No letter is lost, a kill costs at most one repeat with the same Message-ID, and what went wrong
with one stands in no other's way. A letter goes only about a bound ballot, to its bound address.

queue       letters of a wave queued and dropped
standing    how the letters of a wave stand: sent, waiting, failed
backlog     how many could go now, how many wait
outbox      a queued letter claimed, begun, its outcome recorded
wanted      which letters their wave and their reader want
bonds       which letters are believed
unreached   ballots that no relay has taken a letter for
texts       what officers may write, and the words in braces
facts       what one letter says and nobody else's does
stops       that no letters go out, and since when
senders     whom letters come from
mail        a letter as it goes over the wire
headers     its head, in lines of 76 signs
relay       the SMTP relay: the only place that speaks SMTP
replies     what it answers, in words, and why it takes nothing
attempts    what an answer of the relay means, and the pace
plain       a letter of text alone, to staff and trustees
errands     such letters, taken one at a time
testletter  one letter to the officer's own mailbox
"""
