"""An index as rows of texts: what the cells of its workbook hold, and the fields of a page. Pure.

texts    content to texts, and back to the cells that are read
changes  what differs between two of them, in words
edits    rows typed anew: codes that follow, two people at once
"""
