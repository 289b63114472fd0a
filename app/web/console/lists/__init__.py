"""Danh sách: a roster as a whole, and one person of it.

No page of a person tells, by word or by state, whether the ballot was cast.

roster        who is on it, page by page
intake        a whole list taken in or refused
taking        one list put in the place of another
columns       the columns of a list told by hand
waiting       the rows of a list that wait
mending       the same, mended
tidying       names and addresses mended as is offered
unrated       agencies that nobody rates, looked at
rosterfiles   the list as files
agencies      by group and agency
person        the page of one person
corrections   one person corrected, written to again, given another ballot
additions     onto the list
removals      off it and back
reopening     another ballot after the closing
readdress     another address after the launch
failed        everybody whose invitation did not get through
readdressall  other addresses for them, all with one code
searches      what the list is asked for, kept on the way to a person and back
origins       who put whom on it
"""
