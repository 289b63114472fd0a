"""The tally of a score sheet for analysts: files that R, SPSS and pandas read without a note.

All of it is made of the document of a sheet: nothing finer than its cells. ASCII names of columns,
UTF-8, a point before decimals, one row of headings; the same sheet gives the same bytes.

codes     codes that no program takes for numbers
tally     the rows of kiem-phieu.csv, a row for each level of each cell
codebook  the rows of so-tay-ma.csv: what every code stands for
syntax    phieu.sps and phieu.R, which read the tally with its labels
bundle    all of them in one ZIP file, with datapackage.json
"""
