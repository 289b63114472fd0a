"""The console of the Sở Nội vụ: a file per noun, each with its guards.

desk      who is signed in, what was posted, how a page is drawn
posts     fields and files of a form
waveline  what every page says of its wave
faults    what the console says when something goes wrong
signin    in and out
entry     the ways to a password and a second factor
accounts  Tài khoản
indexes   Bộ chỉ số          preview   a ballot as its respondent will see it
roster    Danh sách          people    one person of it    removals  off it and back
agencies  its agencies       rosterfiles  as files
waves     a wave before its launch   launch    Phát phiếu   letters   its words
unseal    Mở hòm phiếu      results   Kết quả   exports   Xuất báo cáo
home      Tổng quan         watch     Theo dõi  ending    extend, close, cancel
log       Nhật ký
downloads files handed out
"""

from app.web.console import (
    accounts,
    agencies,
    ending,
    entry,
    exports,
    home,
    indexes,
    launch,
    letters,
    log,
    people,
    preview,
    removals,
    results,
    roster,
    rosterfiles,
    signin,
    unseal,
    watch,
    waves,
)
from app.web.console.faults import install, last_resort

# The order matters where addresses overlap: the more exact one comes first.
MODULES = (
    home,
    signin,
    entry,
    accounts,
    indexes,
    preview,
    waves,
    roster,
    rosterfiles,
    agencies,
    people,
    removals,
    launch,
    letters,
    watch,
    ending,
    unseal,
    results,
    exports,
    log,
)

__all__ = ["MODULES", "install", "last_resort"]
