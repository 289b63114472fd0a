"""The index of one year: its text, its workbook and its rules. Pure.

An `Index` passed every check of docs/index-file.md; a file that does not is refused with every
fault and its place at once.

file        parse, validate, canonical form and digest
definition  an index, and what a group is asked
parts       what it is made of: blocks, units, criteria, scales, groups, questions
toml        the text of the file as plain values
tables      one TOML table key by key: the form of each value
numbers     exact numbers, as the file has them
exact       exact numbers of a sheet, read and summed quickly
entries     the tables of the file, each checked by itself
checks      what entries say about one another
sums        whether the maxima add up
warnings    what to look at again in an index that is valid
faults      what is wrong, with its place
faultwords  the same in the words of the workbook
tree        components, criteria and leaves with their maxima
rulewords   the rules in plain words
estimate    how long a ballot takes
names       codes and names found by what people write
external    percents that units got elsewhere
appraised   points that the council gave, as a list or as a table
appraisedcells  its cells
sheets      the sheets of the workbook, all of them
keysheets   those with one row per key
listsheets  those with one row per entry
columns     what a cell of it holds
grid        its sheets as entries
rows/       an index as rows of texts, for cells and for fields
examples    what the empty workbook holds to learn from
"""
