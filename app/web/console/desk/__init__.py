"""What all pages of the console stand on: who is there, what was posted, how a page is drawn.

A form is believed when it comes from our own page, with the ticket of its address and session.

addresses   where addresses begin, what they may hold, where one goes on
guards      who may come: the parameters of every handler
desk        who is signed in, what was posted, how a page is drawn
twice       new passwords and pass phrases, typed twice
cookies     what is left in a browser
tries       wrong passwords and codes: how many are too many
strangers   pages for who is not signed in
waveline    what every page says of its wave
waveswitch  the way to the same page of another wave
handbook    the guide, as its files in docs/ have it
guideparts  which part of the guide a page belongs to
files       files handed out, tables taken in
"""
