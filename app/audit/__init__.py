"""The log: who did what, as a chain that only grows.

A line that was edited, deleted, moved or cut off is found. Nobody of a roster is named in it.

chain     lines added and read
checking  the whole chain verified, and taken as it is after a backup
deeds     every deed with its words
head      the head of the chain, kept beside the key file
"""
