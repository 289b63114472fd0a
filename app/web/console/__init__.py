"""The pages of the Sở Nội vụ: a file per page or verb, each with its guards.

No page of an open wave tells who has cast, and none does without a second factor or a second person
what takes one.

routes     which modules have pages, in which order
desk/      who is signed in, what was posted, how a page is drawn
annex/     the annex of a decision becomes an index
door/      in and out, accounts, keys to carry
editing/   an index edited on the page
lists/     the roster
privacy/   personal data: its dates, one person copied or erased
trustees/  who opens an urn together
waves/     a wave until it is closed
outcome/   the urn opened, results, files handed out
home       Tổng quan
menu       where the menu leads without a wave
indexes    Bộ chỉ số: all that are kept
index      one version of one
log        Nhật ký
guide      Hướng dẫn
kept       what a form is answered with, sent on to an address of its own
keptshown  the same, shown there
again      a form that came while nothing might be written
faults     what went wrong, and what to do next
"""
