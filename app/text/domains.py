"""Domains of addresses that are likely mistyped: near to one that everybody knows, or to one that
many of the same list have.

Pure. A letter to "gmial.com" goes to strangers or to nobody; whether it is meant so is for people
to say, so each is told with the nearest and none is changed here.
"""

from collections.abc import Collection, Iterable, Mapping

from app.text.cleaning import ADDRESS, clean
from app.text.offices import is_like

# What people of offices have at home and at work, the most usual first.
KNOWN = (
    *("gmail.com", "yahoo.com", "yahoo.com.vn", "outlook.com", "outlook.com.vn", "hotmail.com"),
    *("icloud.com", "live.com", "ymail.com", "vnn.vn", "viettel.com.vn", "vnpt.vn", "fpt.vn"),
    *("chinhphu.vn", "moha.gov.vn", "hotmail.com.vn"),
)
# Near to those, and there all the same.
REAL = frozenset(
    (
        *("mail.com", "email.com", "gmx.com", "me.com", "mac.com", "live.vn", "ymail.com.vn"),
        *("yahoo.co", "yahoo.co.uk", "hotmail.co.uk", "hotmail.fr", "outlook.fr", "vnpt.com.vn"),
        *("fpt.com", "fpt.com.vn", "fpt.edu.vn", "viettel.vn"),
    )
)
NEVER = {"gmail.vn": "gmail.com", "gmail.com.vn": "gmail.com", "gmail.net": "gmail.com"}
ENDS = {
    **dict.fromkeys(("v", "n", "vm", "vb", "vnn", "vnm", "vvn", "nv", "bn"), "vn"),
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "cpm", "vom", "xom", "coom", "coml"), "com"),
}
LONG = 5  # letters of a label that is not taken for another one: "stc" and "sct" are two offices
MANY, RARE = 5, 10  # people with a domain that is known in a list; its share that is a slip


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def suspects(counts: Mapping[str, int]) -> dict[str, str]:
    """Domain → the one that is likely meant, of the domains of a list with how many have them."""
    often = [each for each, count in counts.items() if count >= MANY]
    often.sort(key=lambda each: -counts[each])
    found = {}
    for domain, count in counts.items():
        if count >= MANY * 4 and domain not in NEVER:
            continue
        near = [each for each in often if count * RARE <= counts[each]]
        meant = likely(domain, (*KNOWN, *near))
        if meant is not None:
            found[domain] = meant
    return found


def likely(domain: str, known: Iterable[str] = KNOWN) -> str | None:
    """The domain of `known` that `domain` is a slip for, or it with its ending mended."""
    known = tuple(known)
    if domain in known or domain in REAL:
        return None
    if domain in NEVER:
        return NEVER[domain]
    mended = _ended(domain)
    if mended in known:
        return mended
    return next((each for each in known if _is_near(mended, each)), _or_none(mended, domain))


def mended(address: str, known: Collection[str] = KNOWN) -> str | None:
    """An address with the domain that is likely meant, sound or not before; None when there is
    none, or it would be no address."""
    local, at, domain = clean(address).rpartition("@")
    meant = likely(domain.casefold().strip(". "), known) if at else None
    found = f"{local}@{meant}"
    return found if meant and ADDRESS.fullmatch(found) else None


def _or_none(mended: str, domain: str) -> str | None:
    return mended if mended != domain else None


def _ended(domain: str) -> str:
    """A domain with its last label mended; of "…gov.con" it is the country's."""
    *before, last = domain.split(".")
    if not before:
        return domain
    if before[-1] in ("gov", "edu") and len(before) > 1 and (last in ENDS or last == "com"):
        return ".".join((*before, "vn"))
    return ".".join((*before, ENDS.get(last, last)))


def _is_near(domain: str, known: str) -> bool:
    if domain.replace(".", "") == known.replace(".", ""):
        return True  # a dot was lost, or stands elsewhere
    if "." not in domain:
        return known == f"{domain}.com"
    labels, others = domain.split("."), known.split(".")
    if len(labels) != len(others):
        return False
    differing = [pair for pair in zip(labels, others, strict=True) if pair[0] != pair[1]]
    if len(differing) != 1:
        return False
    label, other = differing[0]
    is_end = label in labels[-2:] and len(labels) > 2
    return is_like(label, other) and (max(len(label), len(other)) >= LONG or is_end)
