"""The respondent's pages: from the link in a letter to the receipt.

They work without a script. A ballot's form is taken for that ballot alone, whatever else is open in
the browser; after the cast every page of it leads to its receipt.

booth        start, units, questions, comments, review, receipt
ballotpages  what pages of a ballot show
asks         one question about one unit
review       what the review shows
versions     a page that two devices filled in
front        access code, letter again, receipt look-up, no more reminders
"""
