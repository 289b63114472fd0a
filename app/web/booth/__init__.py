"""The respondent's pages: from the link in a letter to the receipt.

They work without a script. A ballot's form is taken for that ballot alone, whatever else is open in
the browser; after the cast every page of it leads to its receipt.

routes       which modules have pages
links        where the link of a letter leads: the first page, or the receipt
booth        a ballot that was begun: units, questions, comments, review, receipt
lane         the short way to both
posted       the forms of a ballot
opened       the ballot that a request is about
ballotpages  what pages of a ballot show
lastpages    the review and the receipt
blanks       pages drawn once, with blanks for what differs
startpages   before and beside the pages: the start, the list of parts, the questionnaire to read
asks         one question about one unit
rows         which levels stand in a row on a phone
review       what the review shows
versions     a page that two devices filled in
upkeep       what pages say while nothing may be written
returned     what a form that was sent back said
front        the first page: access code, letter again
receipts     whether a receipt was counted
record       the public record of a wave
quiet        no more reminders
letterhead   who asks, on top of every page
faults       what went wrong, and what to do next
"""
