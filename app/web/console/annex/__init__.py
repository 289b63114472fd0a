"""The annex of a decision becomes an index: sent, settled, made.

upload    a file sent, those that wait
settling  what an officer settles of one, and the index made of it
posted    what of a posted page was changed
told      what no annex says: name, units, groups, scale, words of the questions
shown     an annex as the page shows it
"""
