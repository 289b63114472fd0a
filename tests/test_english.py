"""The ballot and its letters in another language than their own."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from app.settings import SettingsRefused, read

LOCALE = Path(__file__).parent.parent / "app" / "locale"
FOLDER = LOCALE / "en" / "LC_MESSAGES"
# Who answers reads nothing else of the program; the public record, the office and its trustees
# speak the language of the province.
PAGES = re.compile(
    r"templates/ballot/(?!record)|templates/letters/(?!staff|trustee)|app/web/booth/(?!record)"
    r"|app/ballots/|app/language\.py"
    r"|app/letters/(mail|facts)\.py|app/web/(pages|faults|bounds)\.py|app/index/estimate\.py"
)
# A cell of a table that no ballot shows.
OTHERS = {"text"}
PLACE = re.compile(r"\{[^}]*\}|%\(\w+\)s|</?\w+[^>]*>")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]


def test_every_message_of_the_ballot_and_its_letters_is_translated() -> None:
    english = catalogue(FOLDER / "phieu.po")
    missing = [
        each.id
        for each in catalogue(LOCALE / "phieu.pot")
        if each.id
        and each.id not in OTHERS
        and any(PAGES.match(place) for place, _line in each.locations)
        and english.get(each.id) is None
    ]
    assert not missing


def test_no_place_of_a_message_is_lost_and_nothing_of_it_stays() -> None:
    known = catalogue(LOCALE / "phieu.pot")
    for each in catalogue(FOLDER / "phieu.po"):
        if not each.id:
            continue
        assert known.get(each.id) is not None, f"no longer said: {each.id}"
        wanted = Counter(PLACE.findall(texts(each.id)[0]))
        for said in texts(each.string):
            assert said, each.id
            assert Counter(PLACE.findall(said)) == wanted, (each.id, said)


def test_what_programs_read_is_what_was_written() -> None:
    with (FOLDER / "phieu.mo").open("rb") as file:
        compiled = {texts(each.id): texts(each.string) for each in read_mo(file) if each.id}
    written = {
        texts(each.id): texts(each.string) for each in catalogue(FOLDER / "phieu.po") if each.id
    }
    assert compiled == written, "make messages"


def test_a_ballot_from_link_to_receipt_and_each_letter_are_in_english(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.english_ballot", str(tmp_path)],
        env={**os.environ, "PHIEU_LANGUAGE": "en", "PHIEU_BASE_URL": "http://127.0.0.1:8000"},
        capture_output=True,
        text=True,
        check=True,
    )
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(seen) > 15
    marked = re.compile(
        r"\b[\w/]*[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ][\w/]*"
    )
    for what, text in seen:
        if what.startswith("/"):
            assert not (found := marked.findall(text.replace("Cốc Cốc", ""))), (what, found)
        else:
            assert "Ông/Bà" not in text.replace("Ông/Bà Trần", ""), what
            assert not re.search(r"Phiếu|Đường dẫn|Hạn gửi", text), what
    receipts = [text for what, text in seen if what.startswith("/p") and "Receipt" in text]
    assert "Your ballot is cast" in receipts[-1]


def test_a_language_that_there_is_not_is_refused_by_name() -> None:
    assert read({"PHIEU_LANGUAGE": "en"})
    with pytest.raises(SettingsRefused, match=r"“fr”.*vi, en"):
        read({"PHIEU_LANGUAGE": "fr"})
