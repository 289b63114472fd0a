"""Dữ liệu cá nhân: what is kept until when, what was erased; one person's data copied or erased.

No page here names anybody but the one it is about, and none tells who has cast.

overview  Dữ liệu cá nhân
oneperson  the two forms of a person's page
"""
