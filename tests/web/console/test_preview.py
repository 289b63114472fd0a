"""The preview: what the officer sees of a ballot is what its respondent will see."""

import re

import pytest

from app.ballots import ballot as ballots
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.papers import indexbook
from app.settings import Settings
from app.store.db import Database
from tests.making.blocks import make_index, make_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.html import Visitor

PATH = "/quan-tri/bo-chi-so"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def previewed(db: Database, keys: KeyFile, configured: Settings, name: str) -> Clerk:
    clerk = desk_of(db, keys, configured).open(PATH)
    book = indexbook.write_book(make_index(name))
    return clerk.upload(clerk.forms[0], {"tep": ("a.xlsx", book)})


def pages_in(clerk: Clerk) -> list[str]:
    """The codes that the preview offers."""
    return [each.get("value", "") for each in clerk.tree.findall(".//select[@id='trang']/option")]


def real_pages(clerk: Clerk, keys: KeyFile, ballot: BallotName) -> dict[str, str]:
    """Every page of a real ballot that is begun and not answered."""
    link = f"/p/{keys.tokens.link(ballot)}"
    client = clerk.client
    pages = {"bat-dau": client.get(link).text}
    visitor = Visitor(client).open(link).submit()
    while True:
        code = visitor.path.removeprefix("/phieu/")
        if not visitor.points_out:
            pages[code] = visitor.response.text
        if code == "xem-lai":
            return pages
        offered = visitor.form.boxes.get("units", [])[:6]
        visitor.submit({"units": offered} if offered else None)


def said(page: str) -> str:
    """What `<main>` says, but for the closing time, the ticket and where links lead."""
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "<h1" in main
    main = re.sub(r"<time .*?</time>", "", main)
    main = re.sub(r'name="\.phieu" value="[^"]*"', "", main)
    return re.sub(
        r'href="/(?:phieu|quan-tri/bo-chi-so/\d+/phieu/[\w-]+)/([^"?#]*)[^"]*"', r"\1", main
    )


@pytest.mark.parametrize(
    "name",
    [
        "choose-units",
        "assigned",
        "rates-own",
        "paging-question",
        "paging-unit",
        "own-unit-exclude",
        "comments",
    ],
)
def test_every_page_is_the_respondents_own(
    db: Database, keys: KeyFile, configured: Settings, name: str
) -> None:
    wave = make_wave(db, keys, make_index(name), people=12)
    clerk = previewed(db, keys, configured, name)
    path, seen = clerk.path, set()
    with db.reading() as session:
        everyone = names(session, wave)
    for each in everyone:
        with db.reading() as session:
            ballot = ballots.find(session, each)
        if (ballot.group, ballot.agency) in seen:
            continue
        seen.add((ballot.group, ballot.agency))
        eyes = {"co-quan": ballot.agency or ""}
        url = f"{path}/xem-thu/{ballot.group}?co-quan={ballot.agency or ''}"
        assert clerk.open(url).status == 200
        real = real_pages(clerk, keys, each)
        assert pages_in(clerk) == list(real)
        for code, page in real.items():
            inside = clerk.client.get(f"{path}/phieu/{ballot.group}/{code}", params=eyes)
            assert said(inside.text) == said(page), code
    assert seen


def test_only_our_own_pages_may_frame_it_and_its_forms_lead_nowhere(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = previewed(db, keys, configured, "pooled")
    path, group = clerk.path, make_index("pooled").groups[0].code
    clerk.open(f"{path}/xem-thu/{group}")
    assert "frame-src 'self'" in clerk.response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in clerk.response.headers["content-security-policy"]
    for code in pages_in(clerk):
        inside = Visitor(clerk.client).open(f"{path}/phieu/{group}/{code}")
        policy = inside.response.headers["content-security-policy"]
        assert "frame-ancestors 'self'" in policy
        assert "form-action 'none'" in policy
        assert "script-src 'none'" in policy
        assert inside.tree.find(".//script") is None, "browsers would report it as blocked"
        for link in inside.tree.iter("a"):
            target = link.get("href", "")
            assert target.startswith(("#", "tel:", "mailto:", path)), target
    elsewhere = clerk.client.get(path).headers["content-security-policy"]
    assert "frame-src" not in elsewhere
    assert "frame-ancestors 'none'" in elsewhere


def test_the_officer_chooses_whose_eyes_where_it_matters(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = previewed(db, keys, configured, "own-unit-exclude")
    index = make_index("own-unit-exclude")
    own, group = index.units[0], index.groups[0].code
    clerk.open(f"{clerk.path}/xem-thu/{group}")
    everything = clerk.text
    clerk.open(f"{clerk.path.partition('?')[0]}?co-quan={own.code}")
    chosen = clerk.tree.find(".//select[@id='co-quan']/option[@selected]")
    assert chosen is not None
    assert chosen.get("value") == own.code
    assert clerk.text != everything, "one agency less to rate"
    clerk = previewed(db, keys, configured, "own-unit-allow")
    clerk.open(f"{clerk.path}/xem-thu/{make_index('own-unit-allow').groups[0].code}")
    assert clerk.tree.find(".//select[@id='co-quan']") is None


def test_who_rates_the_own_agency_is_never_from_outside(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = previewed(db, keys, configured, "rates-own")
    clerk.open(f"{clerk.path}/xem-thu/cbcc")
    offered = [each.get("value") for each in clerk.tree.findall(".//select[@id='co-quan']/option")]
    assert offered == [unit.code for unit in make_index("rates-own").units]
