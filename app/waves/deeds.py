"""The deeds that take two people: what each is of, with all that matters about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.index.estimate import deadline
from app.language import _
from app.store.models import Wave
from app.text.cleaning import email_key

READDRESS = ("address", "addresses")


@dataclass(frozen=True)
class Deed:
    """What is asked for: `action` is unseal, extend, altered, void, address, addresses, or one of
    `rosterdeeds`; `arguments` are small JSON values."""

    action: str
    arguments: dict[str, Any]

    @property
    def written(self) -> str:
        return json.dumps(self.arguments, ensure_ascii=False, sort_keys=True)


def unseal(wave: Wave) -> Deed:
    """To open the urn as this close left it: after another close it is another deed."""
    return Deed("unseal", close_of(wave))


def extend(wave: Wave, closes: datetime, told: bool = False) -> Deed:
    """To open this closed wave again until a time; `told`: with a letter about it."""
    said = {"closes": _written(closes), **close_of(wave)}
    return Deed("extend", said | ({"told": True} if told else {}))


def void(respondent_id: int) -> Deed:
    """To issue somebody's ballot anew."""
    return Deed("void", {"respondent": respondent_id})


def reopen(wave: Wave, respondent_id: int, until: datetime) -> Deed:
    """To issue somebody's ballot anew after this close, to be cast until a time."""
    said = {"respondent": respondent_id, "until": _written(until)}
    return Deed("reopen", said | close_of(wave))


def void_altered(wave: Wave, digest: str) -> Deed:
    """To declare altered ballots void, just those that this digest is of."""
    return Deed("altered", {"digest": digest, **close_of(wave)})


def address(respondent_id: int, email: str) -> Deed:
    """To send somebody's letters to another address."""
    return Deed("address", {"respondent": respondent_id, "email": email})


# Where a proposal is made and confirmed: the last parts of an address.
PAGES = {"unseal": "mo-hom-phieu", "extend": "gia-han", "void": "danh-sach/{respondent}"}
PAGES |= dict.fromkeys(("address", "remove", "restore", "reopen"), PAGES["void"])
PAGES["add"] = "danh-sach/them"
PAGES["addresses"] = "danh-sach/thu-hong"
PAGES["altered"] = "phieu-bi-sua"

# In a letter, which names nobody of a roster.
WORDS = {
    "unseal": _("Mở hòm phiếu"),
    "altered": _("Tuyên bố vô hiệu các phiếu bị sửa"),
    "void": _("Cấp lại phiếu của một người"),
    "reopen": _("Cấp lại phiếu của một người sau khi kết thúc thu phiếu"),
    "address": _("Đổi địa chỉ thư của một người"),
    "addresses": _("Đổi địa chỉ thư của những người thư không tới"),
    "add": _("Thêm một người vào danh sách"),
    "remove": _("Bỏ một người khỏi danh sách"),
    "restore": _("Khôi phục một người trong danh sách"),
}


def page_of(deed: Deed) -> str:
    return PAGES[deed.action].format(respondent=deed.arguments.get("respondent"))


def in_words(deed: Deed) -> str:
    if deed.action == "extend":
        closes = datetime.fromisoformat(deed.arguments["closes"])
        words = _("Gia hạn đến {closes}").format(closes=deadline(closes))
        return _("{deed}, có thư báo").format(deed=words) if deed.arguments.get("told") else words
    return WORDS[deed.action]


def addresses(changes: Mapping[int, str]) -> Deed:
    """To send the letters of several people to other addresses."""
    return Deed("addresses", {"addresses": [[id_, changes[id_]] for id_ in sorted(changes)]})


def changes_of(arguments: Mapping[str, Any]) -> dict[int, str]:
    """Of a deed about several addresses: whose letters are to go where."""
    return {int(id_): str(email) for id_, email in arguments.get("addresses", ())}


def people_of(arguments: Mapping[str, Any]) -> frozenset[int]:
    """Who of a roster a deed is about."""
    one = arguments.get("respondent")
    return frozenset([one] if one else changes_of(arguments))


def clash(one: Deed, other: Deed) -> bool:
    """Whether two deeds that wait would leave open which of them is meant."""
    if one.action in READDRESS and other.action in READDRESS:
        return not people_of(one.arguments).isdisjoint(people_of(other.arguments))
    return one.action == other.action and about(one.arguments) == about(other.arguments)


def about(arguments: Mapping[str, Any]) -> Any:
    """Whom a deed is about, who is not on the roster yet by the address; None: about a wave."""
    return arguments.get("respondent") or email_key(arguments.get("email", "")) or None


def close_of(wave: Wave) -> dict[str, str]:
    # In the 15 minutes of grace the close is not final, but will be at this time.
    return {"closed": _written(wave.closed_at or wave.closes_at)}


def _written(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()
