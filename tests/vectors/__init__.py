"""The published test vectors, docs/vectors/: `python -m tests.vectors` writes them anew.

wave     a made-up wave whose sheets have every case of the rules in them
steps    every number between counts and ranks, by sums of its own
changes  files with one thing changed, and what is to be said of each
files    all of it as files
sealed   two sealed waves with their keys, from the phrases to the public record
hpke     the seal step by step
"""
