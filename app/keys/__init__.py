"""Secrets: the key file, what is derived from it, and what is sealed with it.

A ballot is sealed to the urn key of its wave when it is cast; secrets lie in one file and never
in the database, and those of a wave are erased from it once its urn is opened.

keyfile     the keys in the key file, and those made of them
keptfile    the file on its disk: read, changed under its lock, written anew as a whole
content     what its JSON holds
guard       whose key file it is: that of one database
recovery    copies of keys under a pass phrase
tokens      links, access codes, receipts, cookies, form tickets
phrase      what a trustee keeps on paper, and the key pair it makes
split       a secret split among several
committee   a ballot sealed for trustees
seals       a row of the urn, sealed and opened for office or committee
urn         ballots sealed and opened, drafts encrypted
inorder     many byte strings of one length, read back in order
copied      what people copy out of a letter, as it comes
cover       other bytes each time a sealed row is written
wrongtries  wrong links, codes and passwords, counted over all processes
"""
