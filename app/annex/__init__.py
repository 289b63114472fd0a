"""The annex of a decision, a table as officers make one, understood as an index. Pure.

What is certain is taken, what is likely is a guess with its reason, what nobody can tell is asked.
Nothing that stood in the file is lost: a row that is no criterion is still shown as one left out.

source    the tables of a file: cells, what is bold, indented, merged
words     the words of headings, methods and sums
headings  where a table begins, and what each of its columns is
title     how the index is called, and of which year it is
marks     numbers of rows: roman, 1.1, a), dashes
lines     the rows of all tables as lines
levels    which line is a field, a criterion, a sum, nothing
choices   what an officer settled
tree      the lines as a tree, with points and codes
methods   how each leaf gets its points
addition  sums that do not add up, and what would settle them
annex     all of it: rows with their guesses, what is asked
asked     units and groups as they are typed, a line each
usual     groups, scales and words to begin with
making    the index
"""
