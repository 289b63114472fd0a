"""Danh sách: a roster as a whole, and one person of it.

No page of a person tells, by word or by state, whether the ballot was cast.

roster        who is on it, page by page
intake        a whole list taken in or refused
rosterfiles   the list as files
agencies      by group and agency
person        the page of one person
corrections   one person corrected, written to again, given another ballot
additions     onto the list
removals      off it and back
readdress     another address after the launch
failed        everybody whose invitation did not get through
readdressall  other addresses for them, all with one code
searches      what the list is asked for, kept on the way to a person and back
origins       who put whom on it
"""
