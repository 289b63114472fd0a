"""Trustees: those who hold the keys of a wave together, any k of whom open its urn.

No key that opens the urn is ever here. Each trustee makes theirs from a phrase, tries it before the
launch, and opens their parts after the closing; what they hand in is held to hashes in the urn.

body        who they are, held to the key file
appointing  named, named anew, dismissed
keysin      the public halves of their keys, handed in
trial       a sealed ballot that each opens before the launch
shares      parts of the urn given out, shares handed in, the opener they make
handed      shares kept, encrypted, until enough are there
files       the files that trustees and server exchange
queue       letters to trustees, queued
outbox      the same, taken and written
"""
