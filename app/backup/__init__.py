"""A backup of the database, made while people work with it, and put back elsewhere.

It holds what the database holds at one moment, but for what it forgets by itself: no draft, no
session, no share of a trustee, and no order in which anything was written. The key file is never in
it. A backup is believed by the key file it was made under, as rows are.

refused    a backup that cannot be made or used, in words
sealing    encrypted as `age` does it, to a pass phrase or a key
bech32     how keys are written that a backup is encrypted to
form       the file itself: a head, tables, an end that vouches for them
making     a database written into such a file, at one moment
checking   a file read from end to end, believed or not
restoring  such a file put into an empty database
folder     a folder of backups: names, the oldest removed, those that hold what was erased since
outside    what else keeps what the database wrote: archives, standbys
"""
