"""A trustee's browser: its phrase, key and HPKE against another program's, and the pages that a
trustee goes through; a phrase that leaves the page nowhere."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.keys.tokens import ALPHABET, check_sign
from tests.making.browser import Watched, device
from tests.making.eye import axe
from tests.making.keeping import (
    INDEX,
    PHRASE,
    PLACE,
    SIGNS,
    WAVE,
    Keeping,
    given,
    keeping,
    key_of,
    print_of,
)

pytest_plugins = ["tests.making.browser_fixtures"]
RFC = json.loads((Path(__file__).parents[1] / "keys" / "rfc9180.json").read_text(encoding="utf-8"))
KEY = key_of(SIGNS)
PUBLIC = KEY.public_key().public_bytes_raw()


@pytest.fixture(scope="module")
def kept() -> Iterator[Keeping]:
    with keeping() as found:
        yield found


@pytest.fixture(scope="module")
def seat(browser: Browser, kept: Keeping) -> Iterator[Watched]:
    with device(browser, kept.url) as watched:
        yield watched


@pytest.fixture
def page(seat: Watched) -> Iterator[Page]:
    """The trustee's browser, which fails a test when its page said something it should not."""
    seat.faults.clear()
    yield seat.page
    assert not seat.faults


def run(page: Page, script: str, told: object) -> Any:
    """What a module of ours says; `told` comes in as `it`."""
    if "/trong" not in page.url:
        page.goto("/trong")
    names = "const p = await import('/static/phrase.js'), h = await import('/static/hpke.js'),"
    return page.evaluate(
        f"async (it) => {{ {names} s = await import('/static/shares.js'); {script} }}", told
    )


def test_the_vector_of_the_rfc_opens_and_seals(page: Page) -> None:
    script = """const hex = p.fromHex, context = await h.contextOf(hex(it.info));
    const keys = await p.keysFrom(hex(it.skRm)), once = await p.keysFrom(hex(it.skEm));
    const sealed = await h.seal(once, keys.publicKey, context, hex(it.pt), hex(it.aad));
    const opened = await h.open(keys, context, hex(it.enc + it.ct), hex(it.aad));
    const other = await h.open(once, context, hex(it.enc + it.ct), hex(it.aad));
    const low = await h.open(keys, context, hex('00'.repeat(32) + it.ct), hex(it.aad));
    return [keys.publicKey, context, sealed, opened].map(p.toHex).concat([other, low])"""
    assert run(page, script, RFC) == [
        RFC["pkRm"],
        RFC["key_schedule_context"],
        RFC["enc"] + RFC["ct"],
        RFC["pt"],
        None,
        None,
    ]


def test_a_phrase_is_drawn_evenly_and_read_as_it_is_typed(page: Page) -> None:
    # Every byte in turn: those over 242 are thrown away, the others are their value modulo 27.
    script = """let at = 0;
    const made = [0, 1, 2, 3].map(() => p.makePhrase((bytes) => bytes.map(() => 230 + at++ % 26)));
    return [made, it.map(p.readPhrase), p.readPhrase(p.makePhrase())]"""
    typed = [
        PHRASE,
        " bcdfg hjklm–npqrs‑tvxzm ",
        PHRASE.replace("F", "O"),
        PHRASE[:-1],
        PHRASE.replace("CD", "DC"),
        "",
    ]
    made, read, fresh = run(page, script, typed)
    stream = [(230 + at % 26) for at in range(200)]
    at = 0
    for phrase in made:
        digits: list[int] = []
        while len(digits) < 19:
            digits += [byte % 27 for byte in stream[at : at + 20] if byte < 243]
            at += 20
        signs = "".join(ALPHABET[digit] for digit in digits[:19]) + check_sign(digits[:19])
        assert phrase.replace("-", "") == signs
        assert [len(group) for group in phrase.split("-")] == [5] * 4
    assert read == [
        {"signs": SIGNS},
        {"signs": SIGNS},
        {"fault": "sign", "what": "O"},
        {"fault": "length", "what": 19},
        {"fault": "check"},
        {"fault": "length", "what": 0},
    ]
    assert len(fresh["signs"]) == 19


def test_a_phrase_makes_the_same_key_and_print_as_at_the_command_line(page: Page) -> None:
    script = """const { publicKey } = await p.keysOf(it[0], it[1]);
    return [p.keyFile(it[1], publicKey), await p.printOf(publicKey), await p.lacking()]"""
    file, print_, lacking = run(page, script, [SIGNS, WAVE])
    assert json.loads(file) == {
        "format": "phieu.trustee/1",
        "wave": WAVE,
        "key": b64encode(PUBLIC).decode(),
    }
    assert (print_, lacking) == (print_of(PUBLIC), "")


def spoilt(file: dict[str, Any]) -> dict[str, tuple[dict[str, Any], str]]:
    """What may be wrong with a file: the file, and what is said of it."""
    rows = file["rows"]
    return {
        "wave": ({**file, "wave": "khac"}, "file"),
        "index": ({**file, "index_digest": INDEX + "0"}, "file"),
        "place": ({**file, "trustee": 1}, "file"),
        "trial": ({**file, "trial": True}, "file"),
        "order": ({**file, "rows": rows[::-1]}, "file"),
        "twice": ({**file, "rows": [rows[0], *rows]}, "file"),
        "no base64": ({**file, "rows": [{**rows[0], "sealed": "!"}, *rows[1:]]}, "file"),
        "no rows": ({**file, "rows": None}, "file"),
        "another urn": ({**file, "urn": "sha256:" + "0" * 64}, "file"),
        "cut": ({**file, "rows": rows[:-1]}, "urn"),
        "a row changed": ({**file, "rows": [{**rows[0], "id": "0" * 64}, *rows[1:]]}, "urn"),
    }


def test_a_file_is_looked_at_and_opened_part_by_part(page: Page) -> None:
    file, shares = given(KEY, 3)
    trial, _shares = given(KEY, 1, trial=True)
    spoiled = {**file, "rows": [dict(row) for row in file["rows"]]}
    spoiled["rows"][1]["sealed"] = file["rows"][0]["sealed"][:-4] + "AAAA"
    spoiled["rows"][2]["sealed"] = ""
    # A part of the trial passes for none of the urn.
    mixed = {**file, "rows": [{**file["rows"][0], "sealed": trial["rows"][0]["sealed"]}]}
    script = """const [file, wanted] = it.good, told = [], spoilt = {};
    const keys = await p.keysFrom(p.fromHex(it.key));
    const look = (file) => s.lookAt(file, wanted).catch((error) => error.fault);
    for (const [name, file] of Object.entries(it.spoilt)) spoilt[name] = await look(file);
    const open = async (file) => s.openShares(file, keys, (...each) => told.push(each));
    return { urn: await look(file), spoilt, empty: await look({}), told,
      opened: await open(file), spoiled: await open(it.spoiled), mixed: await open(it.mixed) }"""
    wanted = {"wave": WAVE, "index": INDEX, "place": PLACE, "urn": file["urn"]}
    told = {
        "good": [file, wanted],
        "spoilt": {name: each for name, (each, _said) in spoilt(file).items()},
        "spoiled": spoiled,
        "mixed": mixed,
        "key": KEY.private_bytes_raw().hex(),
    }
    said = run(page, script, told)
    assert said["urn"] == file["urn"]
    assert said["spoilt"] == {name: says for name, (_file, says) in spoilt(file).items()}
    assert said["empty"] == "file"

    def handed(*shares: str | None) -> dict[str, Any]:
        ids = [row["id"] for row in file["rows"]]
        rows = [{"id": id_, "share": share} for id_, share in zip(ids, shares, strict=False)]
        return {**file, "rows": rows}

    assert said["opened"] == {"file": handed(*shares), "unopened": 0}
    assert said["spoiled"] == {"file": handed(shares[0], None, None), "unopened": 2}
    assert said["mixed"] == {"file": handed(None), "unopened": 1}
    assert said["told"] == [[3, 3], [3, 3], [1, 1]]


def test_a_key_is_made_written_down_typed_again_and_handed_in(page: Page, kept: Keeping) -> None:
    kept.step("key")
    page.goto("/giu-khoa/duong-dan")
    expect(page.get_by_text("Bước này cần JavaScript")).to_be_hidden()
    page.get_by_role("button", name="Tạo cụm từ khóa").click()
    shown = page.locator("[data-put=phrase]")
    expect(shown).to_be_visible()
    phrase, print_ = shown.inner_text(), page.locator("[data-put=print]").inner_text()
    assert not axe(page)
    page.get_by_role("button", name="Tôi đã ghi ra giấy").click()
    assert shown.text_content() == ""
    field, told = page.get_by_label("Cụm từ khóa", exact=True), page.locator(".msg")
    for typed, said in (
        ("", "đã nhập 0"),
        ("O" + phrase[1:], "không có dấu “O”"),
        (phrase[:-1], "đã nhập 19"),
        (PHRASE, "khác cụm từ trang này vừa tạo"),
    ):
        field.fill(typed)
        field.press("Enter")
        expect(told).to_contain_text(said)
        expect(field).to_be_focused()
        assert page.title().startswith("Lỗi: ")
    assert not axe(page)
    assert not kept.sent
    field.fill(phrase.lower().replace("-", " "))
    with page.expect_navigation():
        page.get_by_role("button", name="Kiểm tra và gửi khóa").click()
    key = key_of(phrase.replace("-", "")[:-1]).public_key().public_bytes_raw()
    [sent] = kept.sent
    file = {"format": "phieu.trustee/1", "wave": WAVE, "key": b64encode(key).decode()}
    assert sent == {"buoc": "key", "tep": file}
    assert print_ == print_of(key)
    _left_nowhere(page, kept, phrase)


def _left_nowhere(page: Page, kept: Keeping, phrase: str) -> None:
    """No request had it, and the browser keeps none of it."""
    signs = phrase.replace("-", "")
    stored = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    everything = b"".join(kept.bodies).decode() + "".join(kept.asked)
    everything += str(page.evaluate(stored))
    everything += str(page.evaluate("indexedDB.databases().then(JSON.stringify)"))
    assert signs[:10].lower() not in re.sub(r"%20|\W", "", everything.lower())
    page.go_back()
    assert phrase not in page.content()
    assert page.locator("#cum-tu").input_value() == ""


def test_an_urn_is_looked_at_before_the_phrase_is_asked_for(page: Page, kept: Keeping) -> None:
    # More than a batch, and as many as a batch does not divide.
    file, shares = given(KEY, 70)
    kept.opening(file, print_of(PUBLIC))
    page.goto("/giu-khoa/duong-dan")
    field = page.get_by_label("Cụm từ khóa", exact=True)
    expect(page.locator("[data-part=look]")).to_contain_text(file["urn"])
    assert not axe(page)
    kept.file = {**file, "rows": file["rows"][1:]}
    page.get_by_role("button", name="Lấy tệp phần khóa").click()
    expect(page.get_by_role("alert")).to_contain_text("KHÁC")
    expect(field).to_be_hidden()
    assert not axe(page)
    kept.file = file
    page.get_by_role("link", name="Làm lại từ đầu").click()
    page.get_by_role("button", name="Lấy tệp phần khóa").click()
    expect(page.locator("[data-put=urn]")).to_have_text(file["urn"])
    expect(page.locator("[data-put=rows]")).to_have_text("70")
    assert not axe(page)
    other = SIGNS[1:] + "B"
    field.fill(other + check_sign([ALPHABET.index(sign) for sign in other]))
    field.press("Enter")
    expect(page.locator(".msg")).to_contain_text("không phải của khóa đã gửi")
    assert not kept.sent
    field.fill(PHRASE)
    with page.expect_navigation():
        page.get_by_role("button", name="Mở và gửi phần khóa").click()
    [sent] = kept.sent
    assert [row["share"] for row in sent["tep"]["rows"]] == shares
    assert (sent["buoc"], sent["tep"]["urn"]) == ("open", file["urn"])
    _left_nowhere(page, kept, PHRASE)


def test_what_a_page_cannot_do_is_told_and_nothing_is_sent(page: Page, kept: Keeping) -> None:
    kept.step("key")
    first, second = page, page.context.new_page()
    first.goto("/giu-khoa/duong-dan")
    second.goto("/giu-khoa/duong-dan")
    first.get_by_role("button", name="Tạo cụm từ khóa").click()
    expect(first.locator("[data-put=phrase]")).to_be_visible()
    second.get_by_role("button", name="Tạo cụm từ khóa").click()
    expect(second.get_by_role("alert")).to_contain_text("ở một thẻ khác")
    # A browser that has no such keys says so before one is made.
    second.add_init_script(
        "const was = SubtleCrypto.prototype.importKey;"
        "SubtleCrypto.prototype.importKey = function (form, bytes, way, ...more) {"
        " return way === 'X25519' ? Promise.reject(new DOMException('', 'NotSupportedError'))"
        " : was.call(this, form, bytes, way, ...more) }"
    )
    second.goto("/giu-khoa/duong-dan")
    expect(second.get_by_role("alert")).to_contain_text("Chrome hoặc Edge từ bản 133")
    expect(second.get_by_role("button", name="Tạo cụm từ khóa")).to_be_hidden()
    assert not axe(second)
    # Sound as it is, nothing of it is for this key.
    trial, _shares = given(key_of("B" * 19), 1, trial=True)
    second.close()
    kept.opening(trial, print_of(PUBLIC))
    first.goto("/giu-khoa/duong-dan")
    first.get_by_role("button", name="Lấy tệp phần khóa").click()
    first.get_by_label("Cụm từ khóa", exact=True).fill(PHRASE)
    first.get_by_role("button", name="Mở thử").click()
    expect(first.get_by_role("alert")).to_contain_text("không phần khóa nào mở được")
    assert not kept.sent
