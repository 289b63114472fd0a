"""What the list of people is asked for, by its address alone; it goes to a person and back."""

from collections.abc import Sequence
from urllib.parse import urlencode

from app.language import _
from app.letters import standing
from app.roster import listing
from app.store.models import Wave
from app.text.order import name_key
from app.web.console.desk.addresses import ROOT
from app.web.console.desk.desk import Desk

# How the invitations of those stand who are to be shown.
LETTERS = {
    "da-gui": (standing.SENT, _("đã gửi")),
    "dang-cho": (standing.WAITING, _("đang chờ gửi")),
    "hong": (standing.FAILED, _("không gửi được")),
}
FIELDS = ("tim", "nhom", "co-quan", "thu", "xep")
LONGEST = 300
MOST_AGENCIES = 400


def asked_of(desk: Desk) -> dict[str, str]:
    """Words to find, a group, an agency by its name, a state of the letter, an order."""
    query = desk.request.query_params
    asked = {field: query.get(field, "").replace("\0", "")[:LONGEST] for field in FIELDS}
    asked["tim"], asked["nhom"] = asked["tim"][:100], asked["nhom"][:100]
    asked["thu"] = asked["thu"] if asked["thu"] in LETTERS else ""
    asked["xep"] = asked["xep"] if asked["xep"].removeprefix("-") in listing.ORDERS else ""
    return asked


def is_narrowed(asked: dict[str, str]) -> bool:
    """Whether somebody may be left out."""
    return any(asked[field] for field in FIELDS if field != "xep")


def page_of(desk: Desk) -> int:
    wanted = desk.request.query_params.get("trang", "")
    return max(1, int(wanted)) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 1


def letter_of(wave: Wave, asked: dict[str, str]) -> str:
    """How the invitations stand of those who are asked for; "" before there are any."""
    return LETTERS[asked["thu"]][0] if asked["thu"] and wave.launched_at is not None else ""


def agencies_of(counted: Sequence[tuple[str, bool, int]], chosen: str) -> list[str]:
    """The names of agencies to choose from, the largest ones of `people.agencies`; the chosen one
    is always among them."""
    names = [name for name, _rated, _number in counted if name][:MOST_AGENCIES]
    names += [chosen] if chosen and chosen not in names else []
    return sorted(names, key=name_key)


def query_of(desk: Desk) -> str:
    """The same as the end of an address: "?tim=an&trang=2"; empty where one did not come from the
    list."""
    if "trang" not in desk.request.query_params:
        return ""
    kept = {field: value for field, value in asked_of(desk).items() if value}
    return "?" + urlencode({**kept, "trang": page_of(desk)})


def back_of(desk: Desk, code: str) -> str:
    """The list as it was when one went to a person; the whole list for who came otherwise."""
    path, query = f"{ROOT}/dot/{code}/danh-sach", query_of(desk)
    return f"{path}{query}#bang" if query else path


def next_of(desk: Desk, code: str, id_: int) -> str:
    """Where one goes on after somebody was corrected: the list one came from, else the person."""
    path = f"{ROOT}/dot/{code}/danh-sach"
    return back_of(desk, code) if query_of(desk) else f"{path}/{id_}"
