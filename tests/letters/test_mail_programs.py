"""Letters stand in the mail programs people have: each rule and tag is held to caniemail's data.

`caniemail.json` is an extract of it (MIT, see caniemail.LICENSE): how the newest tested version of
each program takes each feature.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from app.letters.mail import SUBJECTS
from app.letters.unreached import WITH_LINK
from app.web.frame import style_hashes, styled_by_rules
from tests.letters.test_mail import LINK, letter, parts

DATA = json.loads((Path(__file__).parent / "caniemail.json").read_text())
KINDS = (
    *("invitation", "reminder", "extended", "copy", "reopened", "closing"),
    *("cancellation", "moved", "removed"),
)

# What the data has under another name.
CALLED = {
    "border-top": "css-border",
    "h1": "html-h1-h6",
    "h2": "html-h1-h6",
    "ol": "html-lists",
    "li": "html-lists",
    "tr": "html-table",
    "td": "html-table",
    "tbody": "html-table",
    "b": "html-strong",
}
# What the data does not have, since no program is known that fails: HTML 2 and CSS 1.
UNLISTED = {"a", "br", "head", "html", "meta", "title", "color", "href", "border"}

# What some program takes in no part, and why the letter stands there all the same.
FAILING = {
    "css-text-decoration": "the word on the button is underlined",
    "css-white-space": "the access code may break in the middle, at its hyphens",
    "css-word-break": "the bare link has <wbr> as well",
    "html-body": "ground and ink are those of the table and its cells, too",
    "html-lang": "read aloud as if in the reader's own language",
    "html-role": "tables are read aloud as tables; their order is that of the letter",
    "html-style": "it holds nothing but dark colours",
    "html-wbr": "the bare link has word-break as well",
    "html-width": "max-width says the same",
}
# Neither helps there: the letter is a little wider than the page, and its button is not.
UNBROKEN = {
    "gmx.android",
    "gmx.desktop-webmail",
    "ionos-1and1.android",
    "orange.android",
    "outlook.windows-mail",
    "web-de.android",
    "web-de.desktop-webmail",
}


def answers(feature: str) -> dict[str, str]:
    return dict(zip(DATA["clients"], DATA["features"][feature], strict=True))


def pages() -> Iterator[tuple[str, Element]]:
    for kind in KINDS:
        html = parts(letter(kind=kind, cancel_reason="Danh sách sai"))[1]
        yield html, html5lib.parse(html, namespaceHTMLElements=False)


def rules(style: str) -> dict[str, str]:
    pairs = (rule.partition(":") for rule in style.split(";"))
    return {name.strip(): value.strip() for name, _colon, value in pairs}


@cache
def used() -> frozenset[str]:
    """Every feature of every letter, by its name in the data."""
    found: set[str] = set()
    for _html, page in pages():
        for each in page.iter():
            found.add(CALLED.get(each.tag, f"html-{each.tag}" if each.tag not in UNLISTED else ""))
            if each.tag != "meta":
                found |= {
                    f"html-{name}" for name in set(each.keys()) - UNLISTED - {"class", "style"}
                }
            for name, value in rules(each.get("style", "")).items() if each.get("style") else ():
                found.add(CALLED.get(name, f"css-{name}" if name not in UNLISTED else ""))
                found |= {"css-unit-px"} if "px" in value else set()
                found |= {"css-unit-percent"} if "%" in value else set()
                assert "important" not in value
                assert not re.search(r"url|var\(|calc|rgb|[\"']", value)
    return frozenset(found - {""})


def test_every_feature_of_a_letter_is_in_the_data() -> None:
    assert {*WITH_LINK, *SUBJECTS} <= set(KINDS)
    assert used() <= DATA["features"].keys()
    assert {"css-padding", "css-font", "html-table", "css-unit-px"} <= used()


def test_what_some_program_does_not_take_is_named_with_what_becomes_of_the_letter() -> None:
    assert {each for each in used() if "n" in answers(each).values()} == FAILING.keys()
    assert all(FAILING.values())


def test_where_the_style_block_is_dropped_only_dark_colours_are_lost() -> None:
    for html, _page in pages():
        (block,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
        (inner,) = re.findall(
            r"^\s*@media \(prefers-color-scheme: dark\) \{(.*)\}\s*$", block, re.DOTALL
        )
        declared = [rule for _name, said in _rules_of(inner) for rule in said]
        assert declared
        for rule in declared:
            assert re.fullmatch(r"(background-|border-)?color: #\w{6} !important", rule)


def _rules_of(block: str) -> list[tuple[str, list[str]]]:
    return [
        (name, [each.strip() for each in said.split(";") if each.strip()])
        for name, said in re.findall(r"\.([\w-]+) \{(.*?)\}", block)
    ]


def test_every_cell_bears_its_own_face_and_colours() -> None:
    """A cell inherits nothing where the doctype is dropped, nor body where that is."""
    for _html, page in pages():
        for cell in page.iter("td"):
            if cell.find("table") is None or (cell.text or "").strip():
                look = rules(cell.get("style", ""))
                assert look["font"].endswith("Arial,sans-serif")
                assert {"color", "background-color"} & look.keys()
        for heading in [*page.iter("h1"), *page.iter("h2")]:
            assert {"margin", "font"} <= rules(heading.get("style", "")).keys()
        for paragraph in page.iter("p"):
            assert rules(paragraph.get("style", ""))["margin"] == "0 0 16px"


def test_a_letter_is_600_pixels_wide_at_most() -> None:
    for _html, page in pages():
        outer, sheet = list(page.iter("table"))[:2]
        assert outer.get("width") == "100%"
        assert sheet.get("width") == "600"
        assert rules(sheet.get("style", "")) == {"width": "100%", "max-width": "600px"}
        widths = [each.get("width") for each in page.iter() if each not in (outer, sheet)]
        assert {width for width in widths if width} <= {"100%", "90"}


def test_the_bare_link_may_break_in_every_program_but_few() -> None:
    (bare,) = [
        each
        for each in html5lib.parse(parts(letter())[1], namespaceHTMLElements=False).iter("a")
        if "".join(each.itertext()) == LINK
    ]
    assert rules(bare.get("style", ""))["word-break"] == "break-all"
    pieces = [bare.text or "", *(each.tail or "" for each in bare.iter("wbr"))]
    assert max(map(len, pieces)) <= 24
    breaks, may = answers("css-word-break"), answers("html-wbr")
    assert {
        each for each in DATA["clients"] if breaks[each] not in "ya" and may[each] not in "ya-"
    } == UNBROKEN


@pytest.mark.parametrize("kind", ["invitation", "cancellation"])
def test_a_page_of_ours_shows_the_letter_without_a_style_attribute(kind: str) -> None:
    html = parts(letter(kind=kind, cancel_reason='<p style="color:red"> ] } </style>'))[1]
    shown = styled_by_rules(html)
    assert not any(each.get("style") for each in _elements(shown))
    assert style_hashes(shown).count("sha256-") == 1
    look = dict(re.findall(r'^\[data-look="(\d+)"\] \{ (.*) \}$', shown, re.MULTILINE))
    before = [each.get("style") for each in _elements(html)]
    assert [look.get(each.get("data-look", "")) for each in _elements(shown)] == before
    assert "prefers-color-scheme: dark" in shown


def _elements(html: str) -> list[Any]:
    page = html5lib.parse(html, namespaceHTMLElements=False)
    return [each for each in page.iter() if isinstance(each.tag, str)]
