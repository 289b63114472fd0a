"""`phieu demo`: a realistic wave with its own mailbox and its own server, on this machine alone.

It uses the product's own verbs and pages; nothing of it is in a real server, and no letter of it
can reach anybody.

demo       prepared, served, removed at the end
people     who is asked, and what they would answer
scenes     whom of each index, and what posts they hold
names      what they are called, in three languages
rehearsal  the wave, made by the verbs of a real one
trustees   who opens the urn together, with `--committee`, and what their papers say
earlier    the year before, to compare with
casts      people answer and cast
wayback    from the product's pages to those of the demo
mailbox    where the letters go
officer    whose console it is
pages      what the visitor clicks
commands   the same in a shell
table      the score table
"""
