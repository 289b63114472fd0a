"""Years side by side: what became of units and criteria, and what changed. Pure.

Compared is percent alone, exactly; what is new, gone or another is said, never guessed.

lineage      the file that says which units and criteria became which
origins      what each unit and leaf came from by it
year         one year to compare: a score sheet
rows         the rows of a comparison
comparison   two years side by side
settling     a lineage settled on a page, answer by answer
line         several years in a row
compare      the same as JSON
"""
