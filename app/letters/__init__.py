"""Letters to respondents: from the queue to what the relay answered.

No letter is lost, a kill costs at most one repeat with the same Message-ID, and what went wrong
with one stands in no other's way. A letter goes only about a bound ballot, to its bound address.

queue       letters of a wave queued and dropped
backlog     how many could go now, how many wait
outbox      a queued letter claimed, begun, its outcome recorded
bonds       which letters are believed
texts       what officers may write, and the words in braces
mail        a letter as it goes over the wire
headers     its head, in lines of 76 signs
relay       the SMTP relay: the only place that speaks SMTP
attempts    what an answer of the relay means, and the pace
recording   what became of letters, written down
testletter  one letter to the officer's own mailbox
"""
