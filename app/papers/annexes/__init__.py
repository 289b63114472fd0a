"""The annex of a decision as it comes, Excel or Word: its tables. No database.

file         an annex as tables, or why it cannot be read
reader       one read by a process of its own
sheetlooks   what is bold and indented in a sheet
wordtables   the tables of a Word file, and what stands above each
wordnumbers  the numbers that Word puts before paragraphs by itself
"""
