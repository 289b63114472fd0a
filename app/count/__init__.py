"""From the urn to the tally to the kept score sheet.

An urn is opened once, after the close, and counted twice; whole ballots are never written. What an
opening wrote and each sheet are held to the key file.

unsealing     the opening, from the first check to the line of the log
opening       the opening beside other work, with its progress
adding        the urn added up, twice, and looked at once more
kinds         the ballots issued: what each is asked, and the receipts that count
expected      those receipts as a table
crew          who opens: this process, or several, each a part
part          a part of the urn, opened and added up
secondlook    what is seen when it is opened once more: how sure the percents are
agencies      how many of each agency have answered, once the urn is open
sums          what the ballots of one group come to, in two ways
masks         the bytes of a ballot as masks, and what each may say
writing       what an opening writes, and what is then gone
urnkeys       the keys of an urn, put back or erased
tallies       what an opening wrote, read back and held to the key file
comments      how many comments there are, and a page of them
openingfacts  what the minutes of an opening say
closingfacts  what those of a closing say
keyholding    who keeps the key of an urn
course        how a wave went, for its papers
externals     percents that come from elsewhere
lineages      what year a wave is compared with, and what became what since
scoresheets   score sheets, numbered, never changed
appraised     points that the council gave
wholesheets   sheets of the whole index, numbered, never changed
releasing     a score sheet released to everybody, and taken back
"""
