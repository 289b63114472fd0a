"""Words and tables as people type them: cleaned, recognised, put in order.

Pure. What is certain is mended, what is not is refused with its true reason; nothing is guessed.

cleaning       texts cleaned, folded for comparison, e-mail addresses judged
addressfaults  why a text is no e-mail address
addresssigns   signs that no address has
domains        domains that are likely mistyped
personnames    titles and capitals in names of people
phones         telephone numbers as spreadsheets leave them
order          the order of Vietnamese names in every list
table          a table: its rows by column, what is wrong with it
records        its rows, found under its heading
headings       which sheet is the table, which row its heading
cells          cells without content of their own: errors, no result, merged
brokencells    cells in a broken or legacy encoding
csvcoding      why the bytes of a CSV file are no UTF-8
garbled        texts in a broken or legacy encoding, told by the text itself
misread        UTF-8 read as something else
oldwords       words in an encoding before Unicode
oldcodes       words as encodings before Unicode wrote them, read back
syllables      whether letters are a Vietnamese syllable
offices        names of offices in plain words
nametree       names as a tree of words
shortnames     which office a short form means
"""
