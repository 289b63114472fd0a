"""The words of an annex: of headings, of methods, of sums. All are compared folded."""

import re

from app.text.cleaning import folded

SURVEY = re.compile(
    r"\b(d?txhh|xhh|xa hoi hoc|dieu tra|khao sat|lay y kien|y kien danh gia|phieu (hoi|dieu tra))\b"
)
APPRAISAL = re.compile(
    r"\b(tham dinh|tu danh gia|tu cham|tu cham diem|kiem chung|kiem tra|bao cao|theo doi|ho so)\b"
)
EXTERNAL = re.compile(r"\b(sipas|pci|papi|ddci|par index|dti|ict index|chi so hai long)\b")
# A mark that a row is of a column: a tick or a cross.
TICKS = frozenset({"x", "v", "co"})
TICK_SIGNS = frozenset("✓✔☑☒√×✗✘●■")

NUMBER = frozenset(
    ("stt", "tt", "so tt", "so thu tu", "muc", "ma", "ma so", "ma tieu chi", "so", "thu tu")
)
METHOD = re.compile(
    r"^(phuong phap|hinh thuc|cach thuc|cach danh gia|ghi chu|nguon|phuong thuc|cach cham"
    r"|cach xac dinh|loai)\b|\b(ghi chu|kiem chung|hinh thuc danh gia)\b"
)
APPRAISED = re.compile(r"\btham dinh\b")
POINTS = re.compile(r"\b(diem (toi da|chuan|quy dinh|so)|thang diem|so diem)\b")
GIVEN = re.compile(r"\b(tu cham|tu danh gia|dat duoc|diem dat|duoc cham|thuc te)\b")
NAME = re.compile(
    r"\b(linh vuc|tieu chi|noi dung|chi so thanh phan|ten chi so|chi tieu|ten tieu chi)\b"
)
SUM = re.compile(
    r"^(tong cong|tong diem|tong so diem"
    r"|(tong so|tong|cong)(?= (linh vuc|diem|phan|muc|chi so|cac)| [ivx\d]+$|$))\b"
)
ALL = re.compile(r"^(tong cong|tong diem|tong so|tong)\b(?! (linh vuc|chi so|phan|muc))")
# What stands below a table: who gets the paper, who signs it.
FOOT = re.compile(
    r"^(noi nhan|tm uy ban|tm ubnd|kt chu tich|chu tich|nguoi lap|thu truong|giam doc|ghi chu)\b"
)


def method_of(text: str) -> str:
    """The method that words tell: "survey", "external", "appraisal", "" for none or several."""
    plain = folded(text)
    if SURVEY.search(plain):
        return "" if APPRAISAL.search(plain) else "survey"
    if EXTERNAL.search(plain):
        return "external"
    return "appraisal" if APPRAISAL.search(plain) else ""


def is_tick(text: str) -> bool:
    stripped = text.strip()
    return folded(stripped) in TICKS or (len(stripped) == 1 and stripped in TICK_SIGNS)
