"""Who is asked: the file of a roster, its bad rows, the people of a wave.

A file is taken whole or not at all: all bad rows are told at once, each with its reason.

file         the roster file, read against an index
layout       its columns under our titles, however they are headed
asides       its rows that are nobody's: titles, sums, signatures
rating       whom its people rate
columns      its columns and their titles
addressfile  other addresses for people whose letters failed
badrows      the rows that were refused
mending      the same, mended one by one
people       the people in the database: one, all, how many of what
listing      pages of them, searched and sorted
rows         one of them as a row of the file
"""
