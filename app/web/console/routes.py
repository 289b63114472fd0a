"""The console of the Sở Nội vụ: a file per noun, each with its guards.

desk      who is signed in, what was posted, how a page is drawn
posts     fields and files of a form    addresses  numbers in addresses
waveline  what every page says of its wave
faults    what the console says when something goes wrong      faultpages  its plain pages
signin    in and out
tries     wrong passwords and codes: how many, and the queue before the hashing
entry     the ways to a password and a second factor
accounts  Tài khoản          masterkey a copy of the master key
indexes   Bộ chỉ số          preview   a ballot as its respondent will see it
roster    Danh sách          people    one person of it
additions onto it            removals  off it and back
origins   who put whom on it
readdress another address of one after the launch
agencies  its agencies       rosterfiles  as files
waves     a wave before its launch   waveform  its form, field by field
launch    Phát phiếu   letters   its words
unseal    Mở hòm phiếu      results   Kết quả   exports   Xuất báo cáo
altered   ballots that are not as they were issued
connections  Kết nối: address and keys for the scoring system
together  what two people do together
home      Tổng quan         watch     Theo dõi  ending    extend, close, cancel
log       Nhật ký
downloads files handed out    minutespages   Biên bản
"""

from app.web.console import home, indexes, log
from app.web.console.door import accounts, connections, entry, masterkey, signin
from app.web.console.faults import head_refused, install, last_resort
from app.web.console.lists import (
    additions,
    agencies,
    origins,
    people,
    readdress,
    removals,
    roster,
    rosterfiles,
)
from app.web.console.outcome import exports, minutespages, results, unseal
from app.web.console.waves import altered, ending, launch, letters, preview, together, watch, waves

# The order matters where addresses overlap: the more exact one comes first.
MODULES = (
    home,
    signin,
    entry,
    masterkey,
    accounts,
    indexes,
    preview,
    waves,
    roster,
    rosterfiles,
    agencies,
    origins,
    additions,
    people,
    readdress,
    removals,
    launch,
    letters,
    watch,
    ending,
    together,
    unseal,
    altered,
    results,
    exports,
    minutespages,
    connections,
    log,
)

__all__ = ["MODULES", "head_refused", "install", "last_resort"]
