"""What letters need that is not ours: a relay that takes them, and names in the DNS that vouch for
us. Looked at before a launch, by `phieu mail test`.

Nothing here is believed by the rest of the program: it only tells people.

records    what SPF, DKIM and DMARC say of a sender, in plain words
resolver   the DNS, asked
trial      the whole look: names, then a letter through the relay
"""
