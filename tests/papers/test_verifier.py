"""The page on which anybody recomputes a sheet: it says what `phieu verify` says, and shows why.

In full, 200 sheets and 500 changes: `python -m tests.verifiers`.
"""

import base64
import json
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from app.language import rounded
from app.papers import verifier
from app.papers.export import to_json
from tests.making.browser import DESKTOP, NARROW, PHONE
from tests.making.eye import AXE, axe
from tests.making.sheets import make_document
from tests.making.twoverifiers import changed, of_page, of_program, open_page, sheets
from tests.papers.test_verify import SOUND, altered
from tests.vectors import changes, sealed
from tests.vectors.files import FOLDER, made

pytest_plugins = ["tests.making.browser_fixtures"]

VECTORS = made()
STEPS = """file => {
  const text = (value) => (value === null || value === undefined ? null : String(value));
  const { given } = verify(Uint8Array.from(atob(file), (sign) => sign.charCodeAt(0)));
  const question = (step) => ({
    code: step.question.code, ratio: text(step.ratio),
    cells: step.cells.map((cell) => (
      { cell: cell.key, worth: text(cell.worth), divided: cell.divided, ratio: text(cell.ratio) }
    )),
  });
  const leaf = (step) => ({
    code: step.leaf.code, ratio: text(step.ratio), points: text(step.points),
    ...(step.questions ? { questions: step.questions.map(question) } : {}),
  });
  return given.units.map((step) => ({
    code: step.unit.code, criteria: step.leaves.map(leaf), points: text(step.points),
    max_points: text(step.max), percent: text(step.percent), scaled: text(step.scaled),
    rank: step.rank, class: step.class,
  }));
}"""


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """One page for all files, from disk and without a network; and what it did that it must not."""
    page = open_page(browser)
    faults: list[str] = []
    page.on("request", lambda request: faults.append(f"asked for {request.url}"))
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda said: faults.append(f"console: {said.text}"))
    yield page, faults
    page.close()


@pytest.fixture
def page(opened: tuple[Page, list[str]]) -> Iterator[Page]:
    yield opened[0]
    assert not opened[1]


def choose(page: Page, data: bytes, name: str = "diem.json") -> None:
    """Hand the page a file, and wait for what it says."""
    page.evaluate("document.getElementById('ket-qua').replaceChildren()")
    file: FilePayload = {"name": name, "mimeType": "application/json", "buffer": data}
    page.set_input_files("#tep", files=[file])
    page.wait_for_selector("#phan-quyet")


def verdict(page: Page) -> str:
    return page.inner_text("#phan-quyet")


# The same verdicts


def test_both_say_the_same_of_random_sheets_and_of_single_changes(page: Page) -> None:
    dice = random.Random(7)
    drawn = sheets(12, dice)
    files = [to_json(sheet) for sheet in drawn]
    files += [changed(dice.choice(drawn), dice) for _each in range(48)]
    said = [of_program(file).is_right for file in files]
    assert [each.is_right for each in of_page(page, files)] == said
    assert all(said[: len(drawn)])
    assert not all(said)


HEAD = b'{"format": "phieu.scores/1", '


@pytest.mark.parametrize(
    "files",
    [
        [b"", b"\xff\xfe", b"PK\x03\x04", b"null", b"[]", b"{}", b'{"format": "phieu.scores/2"}'],
        [HEAD + b'"sheet": ' + number + b"}" for number in (b"NaN", b"1.0", b"1e9", b"01", b"+1")],
        [HEAD + b'"sheet": ' + number + b"}" for number in (b"9007199254740992", b"9" * 9_999)],
        [HEAD + b'"wave": ' + text + b"}" for text in (b'"\\ud800"', b'"\\x"', b'"\n"', b'"\xff"')],
        [b"[" * 9_999, HEAD + b'"units": ' + b"[" * 9_999 + b"]" * 9_999 + b"}"],
        [b"\xef\xbb\xbf" + to_json(SOUND), to_json(SOUND) + b"x", to_json(SOUND)[:-3]],
        [to_json(SOUND).replace(b'"rank": 1,', b'"rank": 1, "rank": 1,', 1)],
        [to_json(SOUND).replace(b'"void"', b'"__proto__": 1, "void"')],
    ],
    ids=lambda files: repr(files[0][-30:]),
)
def test_both_refuse_what_is_no_sheet(page: Page, files: list[bytes]) -> None:
    assert not any(of_program(file).is_right for file in files)
    assert not any(said.is_right for said in of_page(page, files))


# The published vectors


def test_the_published_vectors_are_those_of_the_program() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*VECTORS, *sealed.NAMES, "README.md"}
    for name, data in VECTORS.items():
        assert (FOLDER / name).read_bytes() == data, f"python -m tests.vectors ({name})"


def test_the_page_comes_to_every_number_of_the_vectors(page: Page) -> None:
    for name in ("office-pooled", "office-groups"):
        file, known = VECTORS[f"{name}.json"], json.loads(VECTORS[f"{name}.steps.json"])
        steps = page.evaluate(STEPS, base64.b64encode(file).decode())
        assert steps == known["units"]
        for key, value in (("index", "found.get('index').get('content')"), ("document", "whole")):
            canonical = page.evaluate(
                "file => {"
                " const found = parsed(Uint8Array.from(atob(file), (sign) => sign.charCodeAt(0)));"
                " const whole = new Map([...found].filter(([key]) => key !== 'digest'));"
                f" const bytes = new TextEncoder().encode(canonical({value}));"
                " return { canonical_bytes: bytes.length, sha256: sha256(bytes) };"
                "}",
                base64.b64encode(file).decode(),
            )
            assert canonical == known[key]
    assert [said.verdict for said in of_page(page, [VECTORS["whole.json"]])] == ["right"]


def test_the_page_says_of_every_change_of_the_vectors_what_they_say(page: Page) -> None:
    sheet = json.loads(VECTORS["office-pooled.json"])
    known = json.loads(VECTORS["changes.json"])
    files = [
        to_json(changes.applied(sheet, each["path"], each["to"], each["signed"])) for each in known
    ]
    for entry, said in zip(known, of_page(page, files), strict=True):
        if entry.get("place") == "index.digest":
            # What is not canonical shows in its digest first, or in its form.
            assert not said.is_right
        else:
            assert said.verdict == entry["verdict"], entry
            assert said.verdict != "differs" or said.where == entry["place"]


# Its own arithmetic


def test_its_digest_is_sha_256(page: Page) -> None:
    # FIPS 180-4, and the lengths around a block.
    texts = ["", "abc", *("a" * length for length in (55, 56, 63, 64, 65, 119, 120, 1000))]
    found = page.evaluate("all => all.map((text) => sha256(new TextEncoder().encode(text)))", texts)
    assert found[:2] == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ]
    known = page.evaluate(
        "all => Promise.all(all.map(async (text) => Array.from(new Uint8Array(await"
        " crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),"
        " (byte) => byte.toString(16).padStart(2, '0')).join('')))",
        texts,
    )
    assert found == known


def test_its_rounding_is_half_up_and_padded(page: Page) -> None:
    dice = random.Random(5)
    numbers = [
        (Fraction(dice.randrange(10**6), dice.randint(1, 999)), dice.randint(0, 6))
        for _each in range(200)
    ]
    numbers += [(Fraction(1, 8), 2), (Fraction(1, 2), 0), (Fraction(0), 3), (Fraction(199, 200), 2)]
    found = page.evaluate(
        "all => all.map(([text, places]) => rounded(fractionOf(text), places))",
        [(str(number), places) for number, places in numbers],
    )
    assert found == [rounded(number, places) for number, places in numbers]


# What people see


def test_a_right_sheet_is_said_to_be_right_and_every_step_can_be_read(page: Page) -> None:
    choose(page, VECTORS["office-pooled.json"])
    assert re.fullmatch(r"Bảng điểm này đúng: đã tính lại \d+ số", verdict(page))
    assert page.evaluate("document.activeElement.id") == "phan-quyet"
    assert json.loads(VECTORS["office-pooled.json"])["digest"] in page.inner_text("#ket-qua")
    page.locator("[data-unit=snv] summary").click()
    steps = (page.text_content("[data-unit=snv] .steps") or "").replace("\u00a0", " ")
    for words in (
        "Tỷ lệ của câu hỏi, gộp các ô: (58/5 + 78/5) ÷ (14 + 18) = 17/20 = 0,85",
        "trung bình các câu theo trọng số: (1 × (17/20) + (1/2) × (38/55)) ÷ (1 + 1/2) = 263/330",
        "Điểm: 1 × (263/330) = 263/330 ≈ 0,796970, ghi 0,80",
        "Tỷ lệ của tiêu chí, lấy từ nơi khác: 83,64 % ÷ 100 = 2091/2500 = 0,8364",
        "Hạng: trong 4 đơn vị của khối có 2 đơn vị tỷ lệ cao hơn, nên đứng thứ 3",
        "Xếp loại: Khá",
        "Câu m2, không tính điểm",
    ):
        assert words in steps
    page.locator("[data-unit=ttt] summary").click()
    expect(page.locator("[data-unit=ttt]")).to_contain_text("không có: cả thảy dưới 5 phiếu")


def test_a_wrong_sheet_is_said_to_be_wrong_in_words_and_shows_the_right_steps(page: Page) -> None:
    choose(page, altered(("units", 0, "criteria", 0, "points"), "0.99"))
    name = SOUND["index"]["content"]["units"][0]["name"]
    assert verdict(page) == f"Sai: {name}, tiêu chí 2.4.1, điểm"
    said = page.inner_text("#ket-qua")
    assert "units[snv].criteria[2.4.1].points" in said
    assert "số tính lại, không phải số trong tệp" in said
    assert page.inner_text("[data-unit=snv] .tag") == "Sai ở đây"
    choose(page, b"PK", "diem.xlsx")
    assert verdict(page) == "Sai: không phải bảng điểm dùng được"
    assert "Chỉ kiểm tra được tệp JSON" in page.inner_text("#ket-qua")


def test_a_sheet_of_the_whole_index_shows_how_it_was_joined(page: Page) -> None:
    choose(page, VECTORS["whole.json"])
    assert verdict(page).startswith("Bảng điểm này đúng")
    page.locator("[data-unit=snv] summary").click()
    expect(page.locator("[data-unit=snv]")).to_contain_text("Điểm thẩm định, cộng lại: 3/4")
    page.locator("[data-unit=syt] summary").click()
    expect(page.locator("[data-unit=syt]")).to_contain_text("Chưa có điểm thẩm định của 1.3.")


def test_a_file_can_be_dropped_on_the_page(page: Page) -> None:
    page.evaluate("document.getElementById('ket-qua').replaceChildren()")
    page.evaluate(
        "text => { const dropped = new DataTransfer();"
        " dropped.items.add(new File([text], 'diem.json'));"
        " document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped,"
        " bubbles: true, cancelable: true })); }",
        VECTORS["office-groups.json"].decode(),
    )
    page.wait_for_selector("#phan-quyet")
    assert verdict(page).startswith("Bảng điểm này đúng")


def test_nothing_in_a_file_becomes_part_of_the_page(page: Page) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    units: Any = ({"code": "snv", "name": evil},)
    choose(page, to_json(make_document(units=units, external={}, answers={})), f"{evil}.json")
    assert page.locator("#ket-qua :is(img, script)").count() == 0
    assert evil in page.inner_text("[data-unit=snv]")


def test_axe_objects_to_nothing_right_or_wrong_light_or_dark(page: Page) -> None:
    page.evaluate(AXE)
    choose(page, VECTORS["whole.json"])
    page.locator("[data-unit=snv] summary").click()
    expect(page.locator("[data-unit=snv] .steps")).to_be_visible()
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    choose(page, altered(("units", 0, "rank"), 2))
    assert axe(page) == []
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("size", [NARROW, PHONE, DESKTOP], ids=["narrow", "phone", "desk"])
def test_nothing_is_wider_than_the_window(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    choose(page, VECTORS["office-groups.json"])
    page.get_by_role("button", name="Mở tất cả các đơn vị").click()
    expect(page.locator("[data-unit=bql] .steps")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_policy_that_stands_in_the_page_is_its_own() -> None:
    """Should the script have changed on purpose: this is what to write at the top of the page."""
    text = verifier.page().decode()
    (stated,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert stated == verifier.policy()
    assert not re.search(r"(?:src|href)=\"(?!data:,)|https?://|@import|url\(", text)
