"""What all pages of the console stand on: who is there, what was posted, how a page is drawn.

A form is believed when it comes from our own page, with the ticket of its address and session.

desk        guards, posted forms, pages
posts       fields and files of a form
cookies     what is left in a browser
tries       wrong passwords and codes: how many are too many
back        where somebody goes on afterwards
addresses   what an address may hold
faultpages  plain pages for what goes wrong alike everywhere
waveline    what every page says of its wave
tables      what pages that take a table share
downloads   files handed out
"""
