"""The public record of a wave: signed, chained lines of what happened to it, for anybody to keep.

Entries are made in the transaction of the deed they tell of, and are held to the key file. What a
stranger can check needs neither this server nor its keys: `phieu watch` does it.

entries    an entry made, hashed and signed; the document of all of them
keeping    entries added, in the transaction of what they tell
held       the rows of a record, held to the key file: read, checked, put back
shapes     which facts an entry of each kind has
checking   a record held to itself: digests, signatures, chain, numbers
following  a record held to the one that was kept before
fetching   a record fetched over the network
watching   fetched, checked, kept: what `phieu watch` does
lines      an entry in words, and what it proves
"""
