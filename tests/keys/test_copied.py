"""Links and codes as they come out of letters: with signs behind them and words around them."""

from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.keys import copied
from app.keys.copied import LINK, STAFF_LINK, link_in, link_token, strange_signs, tidy
from app.keys.keyfile import KeyFile
from app.keys.tokens import ALPHABET, BallotName, Tokens
from app.settings import Settings
from app.staff.links import Links
from app.store.db import Database
from tests.conftest import Clock, first_on_both
from tests.making.booths import Booth, cast, open_booth

TOKENS = Tokens(bytes(32), [b"link key" * 4])
NAMES = st.builds(BallotName, st.binary(min_size=12, max_size=12), st.integers(1, 65535))
ZERO_WIDTH = ["\u200b", "\u200c", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u200e"]
BEHIND = [
    *".)>,/;\"'”’]*_!?:=|}<»…-~`^",
    *["\u00a0", " ", "\n", "\r\n", "\t", "\u3000", "\u2028", *ZERO_WIDTH],
    *[
        ">.",
        "),",
        "/.",
        "//",
        "/x/y",
        "=&",
        "==",
        "&fbclid=IwAR0x",
        "?utm_source=zalo",
        "%20",
        "%3E",
    ],
    *[". Trân trọng", " và mã truy cập", ")\nKính gửi", "\u200b\u200b.", "?"],
]

# A link or a code is read before any SQL.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


@given(NAMES, st.sampled_from(BEHIND), st.sampled_from(["", *BEHIND]))
def test_a_token_is_found_before_whatever_stands_behind_it(
    name: BallotName, behind: str, further: str
) -> None:
    token = TOKENS.link(name)
    assert link_token(token + behind + further) == token


@given(NAMES, st.integers(1, 62), st.sampled_from(["\n", "\r\n", " ", "=\r\n", *ZERO_WIDTH]))
def test_a_token_that_was_broken_in_two_is_found(name: BallotName, at: int, gap: str) -> None:
    token = TOKENS.link(name)
    assert link_token(token[:at] + gap + token[at:]) == token
    assert link_token(token[:at] + gap + token[at:] + gap + ".") == token


@given(NAMES)
def test_a_token_is_left_as_it_is(name: BallotName) -> None:
    for token in (TOKENS.link(name), TOKENS.no_reminders(name)):
        assert LINK.fullmatch(token)
        assert link_token(token) == token


@given(NAMES, st.integers(0, 62), st.sampled_from("AZaz09-_.=)"))
def test_a_token_changed_inside_stays_wrong(name: BallotName, at: int, sign: str) -> None:
    token = TOKENS.link(name)
    changed = token[:at] + sign + token[at + 1 :]
    assert changed == token or TOKENS.read_link(link_token(changed)) is None
    longer = token[:at] + sign + token[at:]
    assert longer == token or TOKENS.read_link(link_token(longer)) is None
    assert TOKENS.read_link(link_token(token[:at] + token[at + 1 :])) is None
    assert TOKENS.read_link(link_token(token + "A")) is None


@given(st.text(max_size=2000))
def test_any_text_is_read_and_only_what_is_signed_is_a_link(text: str) -> None:
    assert TOKENS.read_link(link_token(text)) is None
    assert link_in(text) is None
    code = tidy(text)
    assert code is None or len(code) == 19
    assert set(strange_signs(text)).isdisjoint(ALPHABET)


def test_a_long_text_is_read_at_its_beginning_only() -> None:
    code = TOKENS.access_code(BallotName(bytes(12), 1))
    assert tidy("." * (copied.MOST_SIGNS - 19) + code) == code
    assert tidy("." * copied.MOST_SIGNS + code) is None
    for text in ("D" * 10**6, "D. . " * 10**6, "\u0301" * 10**6, "D" + "-" * 10**6):
        assert tidy(text) is None
        assert link_token(text) == text


CODES = st.builds(TOKENS.access_code, NAMES)
AROUND = [
    "{}", "{}.", " {} ", "“{}”", '"{}"', "'{}'", "({})", "<{}>", "*{}*", "_{}_", "[{}]",
    "Mã truy cập: {}.", "mã truy cập {}", "Ma\u0303 truy ca\u0323\u0302p: {}", "Mã: {}, hạn 04/3",
    "{}\n\nTrân trọng", "Kính gửi Ông/Bà,\r\nMã truy cập của Ông/Bà là\r\n{}\r\nXin cảm ơn.",
    "\u200b{}\ufeff", "\u00a0{}\u00a0", "HCMC {}", "BCDF {} GHJK", "1. {}", "CT {}",
]  # fmt: skip
SPELLINGS = [
    lambda code: code,
    str.lower,
    lambda code: code.replace("-", ""),
    lambda code: code.replace("-", " "),
    lambda code: code.replace("-", "\u00a0"),
    lambda code: code.replace("-", " - "),
    lambda code: code.replace("-", "–"),
    lambda code: code.replace("-", "\u2011"),
    lambda code: code.replace("-", "\u2212"),
    lambda code: code.replace("-", "—"),
    lambda code: code.replace("-", "-\r\n"),
    lambda code: code.replace("-", "."),
    lambda code: "\u200b".join(code),
    lambda code: "\u00ad".join(code),
    lambda code: "".join(chr(ord(sign) + 0xFEE0) for sign in code),
]


@given(CODES)
def test_a_code_is_read_with_whatever_stands_around_it(code: str) -> None:
    for around in AROUND[:18]:
        for spell in SPELLINGS:
            assert tidy(around.format(spell(code))) == code, (around, spell(code))
    # Beside other words in capitals it is found as letters write it.
    for around in AROUND[18:]:
        assert tidy(around.format(code)) == code


def test_the_signs_that_no_code_has_are_named() -> None:
    code = TOKENS.access_code(BallotName(bytes(12), 1))
    for sign in "AEIOUWY01":
        assert strange_signs(f"Mã: {sign}{code[1:]}") == [sign]
        assert strange_signs(f"{sign.lower()}{code.replace('-', '')[1:]}") == [sign]
    assert strange_signs(code) == strange_signs("abc") == strange_signs("") == []


# Through the real doors


def paths(booth: Booth, ballot: BallotName) -> list[str]:
    return [booth.link(ballot), f"/khong-nhac/{booth.keys.tokens.no_reminders(ballot)}"]


@SQLITE
def test_a_link_with_a_sign_behind_it_leads_to_its_ballot(booth: Booth) -> None:
    ballot = booth.ballot()
    before = booth.dump()
    visitor = booth.visitor()
    for behind, path in product(BEHIND, paths(booth, ballot)):
        for mangled in (path + quote(behind, safe="/"), path + quote(behind, safe="/=&;,!*'()")):
            shown = visitor.client.get(mangled, follow_redirects=True)
            assert (shown.status_code, shown.url.path) == (200, path), mangled
            assert visitor.client.head(mangled, follow_redirects=True).status_code == 200
    assert visitor.open(booth.link(ballot) + "?utm_source=zalo&fbclid=x").status == 200
    assert booth.dump() == before
    assert visitor.post(booth.link(ballot) + quote(")"), []).path.startswith("/phieu/")


@SQLITE
def test_a_link_broken_by_a_line_end_leads_to_its_ballot(booth: Booth) -> None:
    ballot = booth.ballot()
    for path in paths(booth, ballot):
        for gap in ("%0A", "%0D%0A", "%20", "%3D%0D%0A", "%E2%80%8B"):
            visitor = booth.visitor().open(path[:-9] + gap + path[-9:])
            assert (visitor.status, visitor.path) == (200, path)


@SQLITE
def test_a_mangled_link_is_404_and_counts_as_a_wrong_one(booth: Booth) -> None:
    link = booth.link(booth.ballot())
    visitor = booth.visitor("203.0.113.9")
    mangled = [
        link[:-1],
        link + "A",
        link[:20] + "." + link[20:],
        link[:-1] + "/x",
        link[:-1] + ")",
    ]
    for path in mangled:
        response = visitor.client.get(path)
        assert (response.status_code, response.headers.get("location")) == (404, None), path
    assert [visitor.client.get("/p/x/y").status_code for _try in range(56)][-2:] == [404, 429]


@pytest.mark.parametrize(
    "path", ["/p//vi-du.vn", "/p/https://vi-du.vn", "/p/%2F%2Fvi-du.vn", "/khong-nhac//vi-du.vn/"]
)
@SQLITE
def test_no_link_leads_out_of_the_house(booth: Booth, path: str) -> None:
    response = booth.visitor().client.get(path)
    assert (response.status_code, response.headers.get("location")) == (404, None)


@SQLITE
def test_the_consoles_links_open_with_signs_behind_them_too(booth: Booth) -> None:
    with booth.db.reading() as session:
        token = Links(booth.keys).make(session, "setup", 0, booth.db.now(session))
    path = f"/quan-tri/thiet-lap/{token}"
    assert STAFF_LINK.fullmatch(token)
    visitor = booth.visitor()
    for behind in BEHIND:
        visitor.open(path + quote(behind, safe="/"))
        assert (visitor.status, visitor.path) == (200, path), behind
    for kind in ("moi", "dat-lai-mat-khau"):
        response = visitor.client.get(f"/quan-tri/{kind}/{token}).")
        assert response.headers["location"] == f"/quan-tri/{kind}/{token}"
        response = visitor.client.get(f"/quan-tri/{kind}/{token}/,")
        assert response.headers["location"] == f"/quan-tri/{kind}/{token}"
    assert visitor.open(path[:-1] + ")").status in (404, 410)
    assert visitor.open(f"{path[:-1]}/x").status == visitor.status


@SQLITE
def test_one_spelling_of_a_console_link_holds(booth: Booth) -> None:
    """Base64 leaves two spare bits in the last sign of a signature: four spellings of it."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    with booth.db.reading() as session:
        now, links = booth.db.now(session), Links(booth.keys)
        token = links.make(session, "setup", 0, now)
        passing = [s for s in signs if links.read(session, "setup", token[:-1] + s, now) == 0]
    assert passing == [token[-1]]


@first_on_both("around", ["Mã truy cập: {}.", "“{}”", "{}\r\n", "\u200b{}"])
def test_the_front_page_takes_a_code_with_words_around_it(booth: Booth, around: str) -> None:
    ballot = booth.ballot()
    typed = around.format(booth.keys.tokens.access_code(ballot).lower())
    visitor = booth.visitor().open("/").submit({"ma": typed})
    assert (visitor.status, visitor.path) == (200, booth.link(ballot))


@first_on_both("around", ["{}", " {}.", "Mở phiếu: <{}> nhé", "{}\r\nMã truy cập: BBBB"])
def test_the_front_page_takes_the_link_instead_of_the_code(booth: Booth, around: str) -> None:
    ballot = booth.ballot()
    typed = around.format(f"https://khao-sat-cchc.tinh-lai-chau.vi-du.gov.vn{booth.link(ballot)}")
    visitor = booth.visitor().open("/").submit({"ma": typed})
    assert (visitor.status, visitor.path) == (200, booth.link(ballot))
    assert visitor.open("/").form.element.find(".//input").get("maxlength") == "320"  # type: ignore[union-attr]


@SQLITE
def test_a_sign_that_no_code_has_is_said_by_name(booth: Booth) -> None:
    code = booth.keys.tokens.access_code(booth.ballot())
    visitor = booth.visitor().open("/").submit({"ma": f"o{code[1:]}"})
    assert visitor.refused
    assert "không bao giờ có ký tự “O”" in visitor.text
    visitor.open("/tra-cuu").submit({"bien-nhan": f"1{code[1:]}"})
    assert visitor.refused
    assert "không bao giờ có ký tự “1”" in visitor.text


@SQLITE
def test_a_receipt_is_looked_up_with_whatever_stands_around_it(booth: Booth) -> None:
    receipt = cast(booth.started(booth.ballot()))
    typed = f"Mã biên nhận: “{receipt.lower()}”."
    visitor = booth.visitor().open("/tra-cuu").submit({"bien-nhan": typed})
    assert visitor.status == 200
    assert receipt in visitor.text
