"""How many ballots went out and came in is one number: on every page, paper and command of a wave.

While it is open the pages say the hourly note, and none of them the count of this moment.
"""

import io
import json
import re

import pytest
from openpyxl import load_workbook
from sqlmodel import update

from app.count import scoresheets, unsealing
from app.keys.keyfile import KeyFile
from app.keys.urn import Answers
from app.papers import export
from app.settings import Settings
from app.staff import connections
from app.store.db import Database
from app.store.models import Ballot
from app.waves import closing, notes
from app.waves import wave as waves
from tests.commands.test_out_of_turn import Office
from tests.conftest import Clock
from tests.making.blocks import cast_all, cast_ballot, make_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.html import Visitor, words
from tests.making.words import table_of, text_of

CODE = "dot-thu"
BASE = f"/quan-tri/dot/{CODE}"
Both = tuple[int, int]  # issued, received
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def found(pattern: str, text: str) -> list[int]:
    match = re.search(pattern, text)
    assert match, (pattern, text[:2000])
    return [int(number) for number in match.groups()]


def figures(clerk: Visitor) -> dict[str, str]:
    """The large figures of a page, by their names."""
    return {
        words(pair.find("dt")): words(pair.find("dd"))
        for each in clerk.tree.iter("dl")
        if each.get("class") == "figures"
        for pair in each
    }


def of_pages(clerk: Clerk) -> dict[str, Both]:
    """What home and watch say, wherever they say it."""
    home = figures(clerk.open("/quan-tri"))
    said = {"home": (int(home["phiếu đã phát"]), int(home["phiếu đã nhận"]))}
    watch = figures(clerk.open(f"{BASE}/theo-doi"))
    (issued,) = [int(name[5:]) for name in watch if name.startswith("trên ")]
    said["watch"] = (issued, int(watch["phiếu đã nhận"]))
    assert int(watch["chưa trả lời"]) == issued - said["watch"][1]
    cast, issued = found(r"đã nhận (\d+) trên (\d+) phiếu;", clerk.text)
    said["course"] = (issued, cast)
    for table in clerk.tree.iter("table"):
        rows = [[words(cell) for cell in row] for row in table.iter("tr")]
        match table.get("id"):
            case "bang-nhom":
                said["groups"] = (int(rows[-1][3]), int(rows[-1][2]))
                summed = (sum(int(row[place]) for row in rows[1:-1]) for place in (3, 2))
                said["sum of groups"] = next(summed), next(summed)
            case "bang-ngay":
                said["days"] = (issued, int(rows[1][2]))
    data = clerk.open(f"{BASE}/theo-doi/so-lieu.xlsx").response.content
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    last = [row[-1] for row in sheet.iter_rows(min_row=4, values_only=True) if row[-1] is not None]
    said["workbook"] = (issued, int(str(last[-1])))
    svg = clerk.open(f"{BASE}/theo-doi/cong-don.svg").response.text
    drawn = re.findall(r'font-size="13"[^>]*middle[^>]*>(\d+)</text>\n<text[^>]*>\d\d</text>', svg)
    said["picture"] = (issued, int(drawn[-1]))
    return said


def of_commands(configured: Settings) -> dict[str, Both]:
    office = Office(configured)
    status = json.loads(office.types("status", CODE, "--json"))
    printed = office.types("status", CODE)
    issued, cast = found(r"Phát ra (\d+),.* phiếu đã gửi (\d+)", printed)
    return {"status --json": (status["issued"], status["cast"]), "status": (issued, cast)}


def of_minutes(clerk: Clerk) -> dict[str, Both]:
    clerk.open(f"{BASE}/bien-ban")
    rows = {words(row[0]): words(row[1]) for row in clerk.tree.iter("tr")}
    said = {
        name: (int(rows["Phiếu phát ra"]), int(rows[name]))
        for name in ("Phiếu đã gửi, theo danh sách", "Phiếu đếm được trong hòm")
    }
    clerk.open(f"{BASE}/xuat-bao-cao")
    clerk.press("Tải biên bản (Word)")
    table = {row[0]: row[1] for row in table_of(clerk.response.content, "Loại phiếu", "Số phiếu")}
    said["minutes in Word"] = (int(table["Phiếu phát ra"]), int(table["Phiếu đếm được trong hòm"]))
    return said


def of_results(clerk: Clerk, db: Database) -> dict[str, Both]:
    """What is said of a sheet: page, files, and what programs read."""
    cast, issued = found(r"Đã nhận (\d+) trên (\d+) phiếu", clerk.open(f"{BASE}/ket-qua").text)
    said = {"results": (issued, cast)}
    with db.transaction() as session:
        document = scoresheets.latest_sheet(session, CODE)
        key = connections.make(session, "Máy", "Hà", db.now(session))
    said["json"] = (document["issued"], document["counted"])
    cast, issued = found(r"Đã nhận (\d+) trên (\d+) phiếu", text_of(export.to_docx(document)))
    said["report"] = (issued, cast)
    rules = load_workbook(io.BytesIO(export.to_xlsx(document)))["Quy tắc"]
    facts = {row[0]: row[1] for row in rules.iter_rows(values_only=True)}
    said["xlsx"] = (int(facts["Phiếu phát ra"]), int(facts["Phiếu đếm được trong hòm"]))
    bearer = {"authorization": f"Bearer {key}"}
    (entry,) = clerk.client.get("/api/waves", headers=bearer).json()["waves"]
    said["api"] = (entry["issued"], entry["counted"])
    return said


def close(db: Database) -> None:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))


def test_every_place_says_the_same_in_every_state(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=40)
    cast_all(db, keys, wave, share=0.25)
    clock.move(hours=1)
    notes.take_all(db)
    clock.move(days=1, minutes=20)
    clerk = desk_of(db, keys, configured)
    with db.reading() as session:
        everyone = names(session, wave)
    for name in everyone[10:25]:
        cast_ballot(db, keys, name, Answers())
    said = of_pages(clerk)
    assert set(said.values()) == {(40, 10)}, "the note, whatever came in since"
    assert len(said) == 8
    close(db)
    said = of_pages(clerk) | of_commands(configured)
    assert set(said.values()) == {(40, 25)}
    assert "mỗi giờ một lần" not in clerk.open("/quan-tri").text
    assert "số phiếu cuối cùng" in clerk.open(f"{BASE}/theo-doi").text
    # The clock of the server takes a note after the closing, too.
    clock.move(hours=1)
    notes.take_all(db)
    assert set(of_pages(clerk).values()) == {(40, 25)}
    unsealing.unseal(db, keys, CODE)
    said = of_pages(clerk) | of_commands(configured) | of_minutes(clerk)
    assert set(said.values()) == {(40, 25)}
    with db.transaction() as session:
        scoresheets.score(db, session, CODE)
    said = of_pages(clerk) | of_commands(configured) | of_minutes(clerk) | of_results(clerk, db)
    assert set(said.values()) == {(40, 25)}
    assert len(said) == 18
    # Who has cast is forgotten one day; how many had is not.
    with db.transaction() as session:
        session.connection().execute(update(Ballot).values(cast=False, ever_cast=False))
    assert set(of_commands(configured).values()) == {(40, 25)}
    said = of_pages(clerk)
    assert set(said.values()) == {(40, 25)}
    assert "groups" not in said, "what does not come to the whole is not told by group"
