"""SPF, DKIM and DMARC of a sender, in plain words: what is missing, what it costs, what to do.

Pure: answers come from a `Names`. RFC 7208 (SPF) is followed as far as one machine is asked about:
includes and redirects, at most ten look-ups; macros are left open.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.language import _

OK, LOOK, BAD = "ok", "look", "bad"
MOST_LOOKUPS = 10
PASS, OTHER, OPEN = "pass", "other", "open"


class NoAnswer(Exception):
    """The DNS cannot be asked, or does not answer."""


class Names(Protocol):
    """The DNS: of a name that does not exist, or has nothing of the kind, nothing."""

    def txt(self, name: str) -> list[str]: ...

    def addresses(self, name: str) -> list[str]: ...

    def mail_hosts(self, name: str) -> list[str]: ...

    def exists(self, name: str) -> bool: ...


@dataclass(frozen=True)
class Word:
    """One thing that was looked at, and what is to be said of it."""

    state: str
    words: str


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].rstrip(">").lower()


def all_of(names: Names, sender: str, envelope: str, relay: str, selector: str = "") -> list[Word]:
    """Everything about a sender, of what a reader sees (`sender`) and where letters come back to
    (`envelope`). Raises NoAnswer."""
    if not names.exists(domain_of(sender).rpartition(".")[2]):
        raise NoAnswer  # a resolver that knows no names of the Internet knows none of these
    found = [spf(names, domain_of(envelope), relay), dkim(names, domain_of(sender), selector)]
    found += dmarc(names, domain_of(sender), domain_of(envelope))
    found.append(way_back(names, envelope))
    return found


# SPF


def spf(names: Names, domain: str, relay: str) -> Word:
    """Whether the domain of the envelope says that the relay may send for it."""
    records = _spf_records(names, domain)
    if not records:
        return Word(
            BAD,
            _(
                "SPF: tên miền {domain} chưa có. Nhờ người quản trị tên miền thêm bản ghi TXT, ví"
                " dụ “v=spf1 mx include:… -all”, kể cả máy chủ thư này; thiếu nó nhiều nơi xếp thư"
                " vào mục thư rác."
            ).format(domain=domain),
        )
    if len(records) > 1:
        words = _("SPF: tên miền {domain} có {count} bản ghi, nơi nhận coi như hỏng. Để lại một.")
        return Word(BAD, words.format(domain=domain, count=len(records)))
    where = [] if _is_address(relay) else names.addresses(relay)
    where = [relay.strip("[]")] if _is_address(relay) else where
    if not where:
        words = _("SPF: có, nhưng không biết địa chỉ mạng của máy chủ thư {relay} để so.")
        return Word(LOOK, words.format(relay=relay))
    if not any(ipaddress.ip_address(each).is_global for each in where):
        words = _(
            "SPF: có. Máy chủ thư {relay} có địa chỉ nội bộ; nơi nhận thấy địa chỉ khác, nên xem ở"
            " thư thử, mục “Authentication-Results” có “spf=pass”."
        )
        return Word(LOOK, words.format(relay=relay))
    asked = _Asked(names)
    said = {asked.of(domain, each) for each in where}
    if asked.lookups > MOST_LOOKUPS:
        words = _(
            "SPF: bản ghi của {domain} cần hỏi quá {most} tên, nơi nhận coi như hỏng. Rút bớt."
        )
        return Word(BAD, words.format(domain=domain, most=MOST_LOOKUPS))
    if said == {PASS}:
        words = _("SPF: đạt, máy chủ thư {relay} được gửi thay {domain}.")
        return Word(OK, words.format(relay=relay, domain=domain))
    words = _(
        "SPF: bản ghi của {domain} không kể máy chủ thư {relay} ({where}). Nếu máy ấy tự gửi thư"
        " ra ngoài thì thêm nó vào; nếu nó chuyển qua máy khác thì hỏi người quản trị máy chủ thư."
    )
    return Word(LOOK, words.format(domain=domain, relay=relay, where=", ".join(where)))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _spf_records(names: Names, domain: str) -> list[str]:
    return [text for text in names.txt(domain) if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]


@dataclass
class _Asked:
    """Whether an address may send for a domain; how many names were looked up for it."""

    names: Names
    lookups: int = 0
    seen: set[tuple[str, str]] = field(default_factory=set)

    def of(self, domain: str, address: str) -> str:
        if (domain, address) in self.seen or self.lookups > MOST_LOOKUPS:
            return OPEN
        self.seen.add((domain, address))
        records = _spf_records(self.names, domain)
        if len(records) != 1:
            return OPEN
        redirect = ""
        for term in records[0].split()[1:]:
            if term.lower().startswith("redirect="):
                redirect = term[9:]
                continue
            matched = self._matches(term.lstrip("+-~?"), domain, address)
            if matched and not term.startswith(("-", "~", "?")):
                return PASS
            if matched:
                return OTHER
        if redirect and "%" not in redirect:
            self.lookups += 1
            return self.of(redirect, address)
        return OTHER

    def _matches(self, term: str, domain: str, address: str) -> bool:
        name, colon, value = term.partition(":")
        name, slash, length = name.partition("/")
        target, _slash, of_target = value.partition("/") if colon else (domain, "", length)
        name = name.lower()
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            return _within(address, value)
        if "%" in target or name not in ("include", "a", "mx"):
            return False
        self.lookups += 1
        if name == "include":
            return self.of(target, address) == PASS
        hosts = self.names.mail_hosts(target) if name == "mx" else [target]
        bits = length if slash else of_target
        return any(
            _within(address, f"{each}/{bits.split('/')[0]}" if bits.split("/")[0] else each)
            for host in hosts
            for each in self.names.addresses(host)
        )


def _within(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


# DKIM


def dkim(names: Names, domain: str, selector: str) -> Word:
    """Whether there are keys to sign with. Which one signs only the letter itself tells."""
    if selector:
        name = f"{selector}._domainkey.{domain}"
        keys = [text for text in names.txt(name) if re.search(r"\bp=", text)]
        if any(re.search(r"\bp=\s*[A-Za-z0-9+/]", text) for text in keys):
            return Word(OK, _("DKIM: có khóa {name}.").format(name=name))
        words = (
            _("DKIM: khóa {name} đã bị thu hồi (p= trống).")
            if keys
            else _("DKIM: không có khóa {name}. Xem lại tên khóa, hoặc thêm bản ghi TXT ấy.")
        )
        return Word(BAD, words.format(name=name))
    if names.exists(f"_domainkey.{domain}"):
        words = _(
            "DKIM: tên miền {domain} có khóa. Chữ ký do máy chủ thư đóng: xem ở thư thử, mục"
            " “Authentication-Results” có “dkim=pass”."
        )
        return Word(OK, words.format(domain=domain))
    words = _(
        "DKIM: không thấy khóa nào của {domain}. Nhờ người quản trị máy chủ thư bật ký DKIM và thêm"
        " bản ghi; thiếu nó Gmail và nhiều nơi khác có thể không nhận thư gửi hàng loạt. Có khóa"
        " rồi thì chạy lại với --selector TÊN."
    )
    return Word(LOOK, words.format(domain=domain))


# DMARC


def dmarc(names: Names, domain: str, envelope: str) -> Iterator[Word]:
    """What receivers are told to do with letters that neither vouches for."""
    found, where = _policy(names, domain)
    if len(found) != 1:
        words = _(
            "DMARC: tên miền {domain} chưa có. Nhờ người quản trị tên miền thêm bản ghi TXT"
            " _dmarc.{domain}, ví dụ “v=DMARC1; p=none”; Gmail đòi có nó khi gửi nhiều thư."
        )
        if found:
            words = _("DMARC: tên miền {domain} có nhiều bản ghi, nơi nhận bỏ qua cả. Để lại một.")
        yield Word(LOOK if not found else BAD, words.format(domain=domain))
        return
    tags = dict(re.findall(r"\b([a-z]+)\s*=\s*([^;\s]+)", found[0].lower()))
    policy = tags.get("p", "")
    if policy not in ("none", "quarantine", "reject"):
        words = _("DMARC: bản ghi của {domain} không có p=none, quarantine hay reject. Sửa lại.")
        yield Word(BAD, words.format(domain=where))
        return
    yield Word(OK, _("DMARC: có, p={policy}.").format(policy=policy))
    strict = tags.get("aspf") == "s"
    if envelope != domain and (strict or not _related(envelope, domain, where)):
        words = _(
            "DMARC: thư trả lại về {envelope}, khác tên miền {domain} mà người nhận thấy, nên SPF"
            " không được tính: chỉ còn trông vào DKIM. Nên đặt PHIEU_BOUNCE_ADDRESS cùng tên miền."
        )
        state = LOOK if policy == "none" else BAD
        yield Word(state, words.format(envelope=envelope, domain=domain))


def _policy(names: Names, domain: str) -> tuple[Sequence[str], str]:
    """The record of a domain, or of the nearest one above; and whose it is."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        name = ".".join(labels[start:])
        found = [
            t for t in names.txt(f"_dmarc.{name}") if re.match(r"v=dmarc1\b", t, re.IGNORECASE)
        ]
        if found:
            return found, name
    return [], domain


def _related(one: str, other: str, above: str) -> bool:
    """Whether two domains lie under the one that the record is of."""
    under = [name == above or name.endswith(f".{above}") for name in (one, other)]
    return all(under)


# The way back


def way_back(names: Names, envelope: str) -> Word:
    """Whether a bounce can come to where letters are told to come back to."""
    domain = domain_of(envelope)
    if names.mail_hosts(domain) or names.addresses(domain):
        return Word(OK, _("Thư trả lại: {domain} nhận được thư.").format(domain=domain))
    words = _(
        "Thư trả lại: không ai nhận thư cho {domain} (không có MX). Sửa địa chỉ hoặc thêm MX."
    )
    return Word(BAD, words.format(domain=domain))
