"""Files in and out: Excel, Word, CSV and JSON. No database.

What comes in is checked before it is unpacked and read in a process of its own; no cell that goes
out becomes a formula.

annexes/       the annex of a decision, Excel or Word
tables         a CSV or XLSX file as rows of text
xlsx           a workbook read by a process of its own
sheetmarks     what the reader of a workbook does not tell
sheet          one sheet of a workbook, filled from the top
indexbook      an index out of a workbook
indextemplate  an index as a workbook
rosterbook     rosters as workbooks
export         the document of a score sheet, as JSON and as CSV
scores         that document as a workbook
surebook       its sheets that say how sure it is
bookcharts     its sheets that compare: beside an earlier wave, and as charts
choicebook     its sheet of questions that only ask
provinces      the table as provinces lay it out
wholesheet     the document of a sheet of the whole index
wholebook      that document as sheets of a workbook, and the form of appraised points
wholeverify    a file of either kind recomputed
verify         an exported file recomputed from itself alone
statedcounts   the counts it states, held against what can be
verifier       the page that recomputes one in any browser, by code of its own
unitsheets     the sheet of each unit, all in one Word file or a file each
forms          the questionnaires on paper, group by group
differences    the first place where two documents differ
watchbook      the hourly notes as a workbook
commentbook    the comments as a workbook
auditbook      the log as a workbook
word           a paper as a Word file
wordlook       its look, and its bytes
wordlines      lines of a letterhead, and rules
wordcharts     charts of a Word file
wordtables     tables of a Word file
analysts/      the tally for R, SPSS and pandas, with its codebook
"""
