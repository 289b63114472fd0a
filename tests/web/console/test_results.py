"""Opening, results, exports and minutes through pages: what an officer and the council see."""

import json
import re
import threading
import time
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from fastapi import Request
from sqlmodel import Session, col, select

from app.audit import chain
from app.bonds import wavefacts
from app.count import (
    course,
    externals,
    lineages,
    opening,
    openingfacts,
    scoresheets,
    tallies,
    unsealing,
    writing,
)
from app.keys import guard, recovery
from app.keys.keyfile import KeyFile
from app.language import decimal, points
from app.papers import export, verify
from app.papers.export import to_docx
from app.papers.word import to_docx as to_word
from app.scores.minutes import paper as paper_of
from app.settings import Settings, read
from app.staff import staff
from app.store.db import Database, open_database
from app.store.models import Wave
from app.store.resultmodels import Comment, Minutes, Sheet, UnitBallots
from app.waves import closing, launch
from app.waves import wave as waves
from app.web.console.desk.cookies import cookie_name
from app.web.console.desk.desk import Desk
from app.web.house import House
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_index, make_people, make_wave
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.making.kept import begun
from tests.making.words import table_of, text_of
from tests.making.words import tables as tables_of

CODE = "dot-thu"
BASE = f"/quan-tri/dot/{CODE}"
PHRASE = "trâu ta ăn cỏ đồng ta"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def closed_wave(
    db: Database,
    keys: KeyFile,
    name: str = "pooled",
    code: str = CODE,
    people: int = 24,
    two_people: bool = False,
    rehearsal: bool = False,
) -> None:
    asked = ("closed", name, code, people, two_people, rehearsal)
    make = partial(close_wave, db, keys, name, code, people, two_people, rehearsal)
    begun(db, keys, asked, make)


def close_wave(
    db: Database,
    keys: KeyFile,
    name: str,
    code: str,
    people: int,
    two_people: bool,
    rehearsal: bool,
) -> None:
    index, settings = make_index(name), read({"PHIEU_MAIL_FROM": "phieu@vi-du.vn"})
    with db.transaction() as session:
        now = db.now(session)
        opens, closes = now - timedelta(days=1), now + timedelta(days=10)
        wave = waves.new(session, code, index, opens, closes, opens)
        wave.rehearsal = rehearsal
        session.flush()
        waves.import_roster(session, wave, make_people(index, people))
        launch.launch(db, session, keys, settings, wave, two_people)
    cast_all(db, keys, wave)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, code))


def scored_wave(
    db: Database,
    keys: KeyFile,
    name: str = "pooled",
    code: str = CODE,
    people: int = 24,
    rehearsal: bool = False,
) -> export.Document:
    def score() -> export.Document:
        close_wave(db, keys, name, code, people, False, rehearsal)
        unsealing.unseal(db, keys, code)
        with db.transaction() as session:
            return scoresheets.score(db, session, code)[0]

    return begun(db, keys, ("scored", name, code, people, rehearsal), score)


def as_opened(session: Session, keys: KeyFile) -> None:
    """Have the key file know what stands in the database as what the opening wrote."""
    session.flush()
    wave = waves.load(session, CODE)
    before = wavefacts.of_wave(session, wave)
    wavefacts.changed(session, wave, before, opened=tallies.digest_of(session, wave))


def tables(clerk: Clerk, kind: str = "") -> list[Element]:
    return [t for t in clerk.tree.iter("table") if not kind or t.get("class") == kind]


def rows(table: Element) -> list[list[str]]:
    return [[words(cell) for cell in row] for body in table.iter("tbody") for row in body]


SVG = "{http://www.w3.org/2000/svg}"


def settled(clerk: Clerk) -> Clerk:
    """The page once nobody is opening any more."""
    until = time.monotonic() + 20
    while f"opening {CODE}" in {thread.name for thread in threading.enumerate()}:
        assert time.monotonic() < until
        time.sleep(0.01)
    clerk.open(f"{BASE}/mo-hom-phieu")
    return clerk


def is_tidy(clerk: Clerk) -> None:
    """Tables have captions and headings with a scope; no drawing holds text."""
    for table in clerk.tree.iter("table"):
        assert words(table.find("caption"))
        assert all(cell.get("scope") for cell in table.iter("th"))
    drawings = list(clerk.tree.iter(f"{SVG}svg"))
    assert drawings, "the sign of the program at least"
    for drawing in drawings:
        assert not words(drawing)
        assert drawing.get("aria-hidden") == "true" or drawing.get("aria-label")


@pytest.mark.parametrize("name", ["two-blocks", "one-list", "classes", "not-applicable"])
def test_the_pages_show_the_numbers_of_the_sheet_and_no_others(
    db: Database, keys: KeyFile, configured: Settings, name: str
) -> None:
    document = scored_wave(db, keys, name)
    index, clerk = make_index(name), desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua")
    is_tidy(clerk)
    places, seen = index.rules.decimals, set()
    units = {index.unit_of[unit["code"]].name: unit for unit in document["units"]}
    for table in tables(clerk, "rank"):
        for rank, unit_name, percent, margin, *rest in rows(table):
            unit = units[unit_name]
            assert re.fullmatch(r"(±\d+,\d\d, khoảng tin cậy 95% từ .+ đến .+)?", margin)
            seen.add(unit_name)
            assert rank == str(unit["rank"] or "*")
            assert percent == ("*" if unit["percent"] is None else decimal(unit["percent"], places))
            if index.rules.classes:
                assert rest.pop(0) == (unit["class"] or "")
            worth = "*" if unit["points"] is None else decimal(unit["points"], places)
            assert rest[0] == worth + ("*" if unit["missing"] and unit["rank"] else "")
            few = f"dưới {index.rules.min_ballots}"
            assert rest[-1] == (few if unit["ballots"] is None else str(unit["ballots"]))
    assert seen == set(units)
    cells = {}
    for table in tables(clerk, "heat"):
        codes = [(th.text or "") for th in list(table.iter("th")) if th.get("scope") == "col"][1:]
        for unit_name, *values in rows(table):
            cells |= {
                (unit_name, leaf): text for leaf, text in zip(codes, values, strict=True) if text
            }
    there = {
        (name, leaf["code"]): leaf for name, unit in units.items() for leaf in unit["criteria"]
    }
    assert cells.keys() == there.keys()
    for key, leaf in there.items():
        exact = leaf["exact"]
        share = None if exact is None else 100 * Fraction(exact) / Fraction(leaf["max_points"])
        assert cells[key] == ("*" if share is None else decimal(share, 1))


def test_every_number_is_a_click_from_its_counts_and_its_sum(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys, "question-weights")
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua").open(clerk.link("Sở Nội vụ"))
    is_tidy(clerk)
    (unit,) = [each for each in document["units"] if each["code"] == "snv"]
    (leaf,) = unit["criteria"]
    assert "Tổng và tỷ lệ tính từ giá trị chính xác." in clerk.text
    exact = points(Fraction(unit["exact_percent"]))
    assert f"≈ {decimal(unit['percent'], 2)}%" in clerk.text
    assert f"= {exact}" in clerk.text
    clerk.open(clerk.link("1.1. Quyết tâm của lãnh đạo"))
    is_tidy(clerk)
    assert f"Giá trị chính xác của điểm là {points(leaf['exact'])};" in clerk.text
    assert "Trung bình theo trọng số: (1 ×" in clerk.text
    shown = [row[1:] for table in tables(clerk) for row in rows(table)]
    counts = [
        [str(count) for count in cell.values()]
        for question in leaf["questions"]
        for cell in question["counts"].values()
    ]
    assert shown == counts


def test_a_question_is_shown_unit_by_unit(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys, "two-blocks")
    index, clerk = make_index("two-blocks"), desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua/cau-hoi")
    for question in index.scored_questions:
        clerk.open(f"{BASE}/ket-qua/cau-hoi")
        clerk.open(clerk.link(index.question_text(question, None)))
        is_tidy(clerk)
        counted = [
            (index.unit_of[unit["code"]].name, entry["counts"])
            for unit in document["units"]
            for leaf in unit["criteria"]
            for entry in leaf.get("questions", ())
            if entry["code"] == question.code
        ]
        levels = [level.code for level in index.scale_of[question.scale or ""].levels]
        (shown,) = tables(clerk)
        assert [[row[0], *row[2:]] for row in rows(shown)] == [
            [name, *(str(sum(cell[key] for cell in counts.values())) for key in [*levels, "-"])]
            for name, counts in counted
        ]
    assert clerk.open(f"{BASE}/ket-qua/cau-hoi/khong-co").status == 404


def test_too_few_answers_are_explained_and_never_a_zero(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, people=3)
    clerk = desk_of(db, keys, configured)
    assert "Không có dữ liệu" in clerk.open(f"{BASE}/ket-qua/co-quan/snv").text
    question = make_index("pooled").scored_questions[0].code
    for path in ("co-quan/snv", "co-quan/snv/1.1", "cau-hoi", f"cau-hoi/{question}"):
        clerk.open(f"{BASE}/ket-qua/{path}")
        assert "ít quá thì lộ ý kiến từng người" in clerk.text
        assert not [each for each in clerk.tree.iter("dl") if each.get("class") == "counts"]
    clerk.open(f"{BASE}/ket-qua")
    assert {row[0] for table in tables(clerk, "rank") for row in rows(table)} == {"*"}
    assert {row[1] for table in tables(clerk, "heat") for row in rows(table)} == {"*"}


def test_too_few_ballots_are_never_a_number(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    """One ballot or none tells of the one person whom a unit was given to."""
    document = scored_wave(db, keys, people=3)
    assert {unit["ballots"] for unit in document["units"]} == {None}
    clerk = desk_of(db, keys, configured)
    for order in ("", "?xep=phieu"):
        clerk.open(f"{BASE}/ket-qua{order}")
        told = {row[-1] for table in tables(clerk, "rank") for row in rows(table)}
        assert told == {"dưới 5"}
    clerk.open(f"{BASE}/ket-qua/co-quan/snv")
    assert "số phiếudưới 5" in clerk.text
    said = to_docx(document)
    assert {row[-1] for row in table_of(said, "Hạng", "Cơ quan")} == {"dưới\u00a05"}
    verify.verify(export.to_json(document))


def test_what_an_older_version_counted_of_few_is_withheld_from_now_on(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    closed_wave(db, keys)
    unsealing.unseal(db, keys, CODE)
    with db.transaction() as session:
        first, second = session.exec(select(UnitBallots).order_by(col(UnitBallots.unit))).all()
        first.ballots, second.ballots = 1, 5
        session.add_all([first, second])
        as_opened(session, keys)
    with db.transaction() as session:
        document = scoresheets.score(db, session, CODE)[0]
    assert [unit["ballots"] for unit in document["units"]] == [None, 5]
    with db.transaction() as session:
        # And a sheet of then, which never changes, is shown as one of now is.
        document["units"][0]["ballots"], document["sheet"] = 1, 2
        document["digest"] = export.digest(document)
        older = {"wave_id": 1, "number": 2, "created_at": db.now(session)}
        wave = waves.load(session, CODE)
        before = wavefacts.of_wave(session, wave)
        session.add(Sheet(**older, document=json.dumps(document)))
        tallies.keep_sheet(session, wave, before, 2, json.dumps(document))
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua")
    told = [row[-1] for table in tables(clerk, "rank") for row in rows(table)]
    assert sorted(told) == ["5", "dưới 5"]
    clerk.open(f"{BASE}/ket-qua/co-quan/{document['units'][0]['code']}")
    assert "số phiếudưới 5" in clerk.text
    with db.transaction() as session:
        document, is_new = scoresheets.score(db, session, CODE)
    assert (is_new, document["units"][0]["ballots"]) == (True, None)


def test_later_and_void_ballots_are_told_by_result_report_and_minutes(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    unproved = ["Đợt này phát phiếu từ phiên bản cũ.", "Danh sách lúc phát không có mã <b>."]
    later = "Mức tối thiểu 5 phiếu chỉ tính phiếu phát lúc đầu"
    closed_wave(db, keys)
    unsealing.unseal(db, keys, CODE)
    with db.transaction() as session:
        minutes = session.get_one(Minutes, 1)
        minutes.issued += 3
        minutes.issued_later, minutes.altered = 2, 3
        minutes.unproved = json.dumps(unproved)
        session.add(minutes)
        as_opened(session, keys)
    with db.transaction() as session:
        document = scoresheets.score(db, session, CODE)[0]
        found = openingfacts.of(session, waves.load(session, CODE))
    assert (document["issued_later"], document["altered"]) == (2, 3)
    verify.verify(export.to_json(document))
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua")
    assert "có 3 phiếu bị tuyên bố vô hiệu vì dữ liệu bị sửa hoặc mất." in clerk.text
    question = make_index("pooled").scored_questions[0].code
    for path in ("", "/co-quan/snv", "/co-quan/snv/1.1", "/cau-hoi", f"/cau-hoi/{question}"):
        assert later in clerk.open(f"{BASE}/ket-qua{path}").text
    clerk.open(f"{BASE}/bien-ban")
    is_tidy(clerk)
    table, _present = tables(clerk)
    assert rows(table)[:3] == [
        ["Phiếu phát ra", "27"],
        ["Trong đó cấp cho người thêm sau khi phát phiếu", "2"],
        ["Trong đó tuyên bố vô hiệu vì dữ liệu bị sửa hoặc mất", "3"],
    ]
    (paper,) = clerk.tree.iter("article")
    *possible, first, second = (words(each) for each in paper.iter("li"))
    assert ([first, second], len(possible)) == (unproved, 2)
    assert "4. Những điều đợt này không chứng minh được" in clerk.text
    assert found is not None
    for voided_by, altered in (("Lò Thị Hương", 3), ("Lò Thị Hương", 0), ("", 3)):
        told = replace(found, ballots=replace(found.ballots, altered=altered), voided_by=voided_by)
        file = text_of(to_word(paper_of(told), told.unsealed_at))
        assert ("Người tuyên bố phiếu vô hiệu: Lò Thị Hương" in file) is bool(voided_by and altered)
        assert f"- {unproved[1]}" in file


def test_a_wave_without_later_or_void_ballots_says_nothing_of_them(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys)
    assert not {"issued_later", "altered"} & document.keys()
    clerk = desk_of(db, keys, configured)
    for path in ("ket-qua", "ket-qua/co-quan/snv", "bien-ban"):
        clerk.open(f"{BASE}/{path}")
        for said in ("vô hiệu", "Mức tối thiểu", "không chứng minh được"):
            assert said not in clerk.text


def test_an_older_sheet_stays_on_every_page_that_it_leads_to(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "external")
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua-khac")
    sent = 'Đơn vị,Tiêu chí,Tỷ lệ\nsnv,2.1,"83,64"\nstc,2.1,70\n'.encode()
    clerk.upload(clerk.form_to("/ket-qua-khac"), {"tep": ("ty-le.csv", sent)})
    assert "Đã nhập 2 tỷ lệ" in clerk.text
    clerk.send(clerk.form_to("/tinh-diem"))
    assert "Đã tính bảng điểm số 2" in clerk.text
    clerk.open(f"{BASE}/ket-qua/co-quan/snv/2.1")
    assert "Điểm = điểm tối đa × tỷ lệ = 3 × 0,8364" in clerk.text
    clerk.open(f"{BASE}/ket-qua?bang=1")
    assert "Đây là bảng điểm cũ, số 1" in clerk.text
    assert "Cả 2 đơn vị: không có đủ dữ liệu ở tiêu chí 2.1" in clerk.text
    clerk.open(clerk.link("Sở Nội vụ"))
    assert clerk.path.endswith("/co-quan/snv?bang=1")
    clerk.open(clerk.link("2.1. Mức độ hài lòng (SIPAS)"))
    assert clerk.path.endswith("/2.1?bang=1")
    assert "chưa nhập tỷ lệ" in clerk.text
    clerk.open(clerk.link("Sở Nội vụ"))
    clerk.open(clerk.link("Về kết quả chung"))
    assert clerk.path.endswith("/ket-qua?bang=1")
    assert "bang=1" in clerk.link("Số phiếu")


def test_a_bad_percent_is_refused_and_nothing_is_kept(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    closed_wave(db, keys, "external")
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua-khac")
    for name, data in (
        ("a.csv", "Đơn vị,Tiêu chí,Tỷ lệ\nsnv,2.1,101\n".encode()),
        ("a.xlsx", b"PK\x03\x04 nothing"),
        ("a.csv", b""),
    ):
        clerk.upload(clerk.form_to("/ket-qua-khac"), {"tep": (name, data)})
        assert clerk.refused, name
        assert clerk.title.startswith("Lỗi:")
    with db.reading() as session:
        assert externals.percents(session, 1) == {}
    template = clerk.client.get(f"{BASE}/ket-qua-khac/mau.xlsx")
    assert template.content.startswith(b"PK")


def test_a_wave_is_compared_with_an_earlier_one_by_percent(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    before = scored_wave(db, keys, code="dot-truoc", people=40)
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua")
    assert "so với đợt trước" in clerk.text
    exact = {unit["code"]: Fraction(unit["exact_percent"]) for unit in before["units"]}
    rose = 0
    for unit in document["units"]:
        moved = Fraction(unit["exact_percent"]) - exact[unit["code"]]
        rose += moved > 0
        assert moved != 0
        assert f"{'▲' if moved > 0 else '▼'} {decimal(abs(moved), 2)}" in clerk.text
    assert f"{rose} trên 2 đơn vị tăng" in clerk.text
    assert "hai đợt khác nhau" not in clerk.text
    clerk.open(f"{BASE}/ket-qua?so-voi=-")
    assert "▲" not in clerk.text
    assert "▼" not in clerk.text
    assert "so-voi=-" in clerk.link("Sở Nội vụ")


def test_criteria_and_rules_that_were_others_then_are_told_on_the_page(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "no-opinion-zero", code="dot-truoc")
    scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua")
    assert "chỉ so được bằng tỷ lệ phần trăm" in clerk.text
    assert "Tiêu chí đã đổi: 1.1 Quyết tâm của lãnh đạo (câu hỏi)." in clerk.text
    assert "Quy tắc đợt ấy: “Không có ý kiến” tính là 0 điểm." in clerk.text
    assert "khác ở đâu có ghi ở trang kết quả chung" in clerk.open(clerk.link("Sở Nội vụ")).text


def test_one_database_does_not_show_the_sheet_of_another(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, tmp_path: Path
) -> None:
    scored_wave(db, keys)
    here = desk_of(db, keys, configured).open(f"{BASE}/ket-qua").text
    other = open_database(f"sqlite:///{tmp_path}/khac.sqlite3", clock)
    other_keys = guard.guard(other, KeyFile(keys.path.with_name("khac.key")))
    document = scored_wave(other, other_keys, people=50)
    there = desk_of(other, other_keys, configured).open(f"{BASE}/ket-qua").text
    other.dispose()
    assert here != there
    assert document["digest"] in there


def test_comments_come_without_author_and_fifty_a_page(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "comments")
    clerk = desk_of(db, keys, configured)
    question = make_index("comments").comments[0].code
    with db.transaction() as session:
        for number in range(120):
            key = number.to_bytes(16, "big")
            session.add(Comment(key=key, wave_id=1, question=question, text=f"<b>ý {number}</b>"))
        session.flush()
        wave = session.get_one(Wave, 1)
        before, made = wavefacts.of_wave(session, wave), tallies.comments_digest(session, 1)
        wavefacts.changed(session, wave, before, comments=made)
    clerk.open(f"{BASE}/ket-qua/gop-y?cau={question}")
    found, pages = [], 1
    while True:
        shown = [words(li) for li in clerk.tree.iter("li") if li.get("class") == "comment"]
        assert len(shown) <= 50
        found += shown
        if "Trang sau" not in clerk.text:
            break
        clerk.open(clerk.link("Trang sau"))
        pages += 1
    assert pages >= 3
    assert len(found) == len(set(found)) >= 120
    assert "<b>ý 7</b>" in found
    for wrong in ("?trang=999", "?trang=-1", "?trang=x", "?cau=la"):
        assert clerk.open(f"{BASE}/ket-qua/gop-y{wrong}").status == 200


def test_comments_of_few_are_withheld(db: Database, keys: KeyFile, configured: Settings) -> None:
    scored_wave(db, keys, "comments", people=6)
    clerk = desk_of(db, keys, configured)
    page = clerk.open(f"{BASE}/ket-qua/gop-y").text
    assert "dưới 10 phiếu được hỏi thì góp ý không được giữ lại" in page
    assert "Không có góp ý nào được giữ lại ở câu hỏi này" in page
    assert "Góp ý số" not in clerk.text


def test_before_there_are_results_the_pages_say_what_comes_first(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_wave(db, keys, people=24)
    clerk = desk_of(db, keys, configured)
    assert "Thu phiếu đến" in clerk.open(f"{BASE}/ket-qua").text
    assert "chỉ mở được sau khi kết thúc" in clerk.open(f"{BASE}/mo-hom-phieu").text
    assert "Chưa có bảng điểm" in clerk.open(f"{BASE}/xuat-bao-cao").text
    for path in ("ket-qua/cau-hoi", "ket-qua/gop-y", "ket-qua/co-quan/snv", "bien-ban"):
        assert clerk.open(f"{BASE}/{path}").status == 404
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    assert clerk.open(f"{BASE}/ket-qua").link("Mở hòm phiếu").endswith("/mo-hom-phieu")


def test_a_wrong_code_opens_nothing_and_a_right_one_opens(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    closed_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/mo-hom-phieu").submit({"ma-xac-thuc": "000000"})
    assert (bool(clerk.refused), clerk.title.startswith("Lỗi:")) == (True, True)
    assert opening.progress(keys, CODE).state == "none"
    clerk.submit({"ma-xac-thuc": clerk.code()})
    assert "Hòm phiếu đã mở lúc" in settled(clerk).text
    with db.reading() as session:
        (line,) = chain.lines(session, "wave.unseal", CODE)
    assert line.facts["counted"] == 24
    clerk.send(clerk.form_to("/tinh-diem"))
    assert "Đã tính bảng điểm số 1" in clerk.text
    clerk.open(f"{BASE}/mo-hom-phieu").send(clerk.form_to("/tinh-diem"))
    assert "Không có gì đổi" in clerk.text


def test_two_people_open_and_never_one_alone(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    first = desk_of(db, keys, configured, name="Trần Thu Hà")
    second = desk_of(db, keys, configured, name="Lò Văn B")
    closed_wave(db, keys, two_people=True)
    path = f"{BASE}/mo-hom-phieu"
    first.open(path).submit({"ma-xac-thuc": first.code()}, "Đề nghị mở hòm phiếu")
    assert "đang chờ một chuyên viên khác" in first.text
    assert [form.action for form in first.forms] == [
        f"{BASE}/hai-nguoi/rut-lai",
        f"{path}/khoa",
    ]
    first.send(first.form_to("/hai-nguoi/rut-lai"))
    assert "Đã rút đề nghị" in first.text
    clock.move(minutes=1)
    first.submit({"ma-xac-thuc": first.code()}, "Đề nghị mở hòm phiếu")
    second.open(path)
    assert "Trần Thu Hà đề nghị mở hòm phiếu" in second.text
    # The proposer's own hand with the second one's form.
    stolen = second.form_to("/mo-hom-phieu").values | {"ma-xac-thuc": [first.code()]}
    first.post(path, [(name, value) for name, values in stolen.items() for value in values])
    assert first.refused == "Biểu mẫu này không còn dùng được"
    assert opening.progress(keys, CODE).state == "none"
    second.submit({"ma-xac-thuc": second.code()}, "Xác nhận và mở hòm phiếu")
    assert "Hòm phiếu đã mở lúc" in settled(second).text
    second.open(f"{BASE}/bien-ban")
    assert "Người đề nghị" in second.text
    assert re.search("Trần Thu Hà <.*@vi-du.vn>.*Lò Văn B <.*@vi-du.vn>", second.text)
    with db.reading() as session:
        assert [line.action for line in chain.lines(session, wave=CODE)][:4] == [
            "wave.unseal",
            "wave.propose",
            "wave.withdraw",
            "wave.propose",
        ]


def test_an_opening_that_broke_off_can_begin_again(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/mo-hom-phieu")

    def breaks(*_args: object, **_facts: object) -> Minutes:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(writing, "write", breaks)
        clerk.submit({"ma-xac-thuc": clerk.code()})
        settled(clerk)
    assert "Chưa ghi gì" in clerk.text
    with db.reading() as session:
        assert waves.load(session, CODE).unsealed_at is None
    path = opening._file(keys, CODE)
    left = {"state": "running", "done": 5, "total": 24, "error": ""}
    path.write_text(json.dumps(left | {"beat": time.time()}))
    clerk.open(f"{BASE}/mo-hom-phieu")
    assert "Đã đếm 5 trên 24 phiếu" in clerk.text
    assert not [form for form in clerk.forms if form.action.endswith("/mo-hom-phieu")]
    part = clerk.client.get(f"{BASE}/mo-hom-phieu/tien-do")
    assert 'data-hx-trigger="every 1s"' in part.text
    assert "hx-refresh" not in part.headers
    path.write_text(json.dumps(left | {"beat": time.time() - 31}))
    part = clerk.client.get(f"{BASE}/mo-hom-phieu/tien-do")
    assert part.headers["hx-refresh"] == "true"
    clerk.open(f"{BASE}/mo-hom-phieu")
    assert "dừng giữa chừng" in clerk.text
    clerk.submit({"ma-xac-thuc": clerk.code()})
    assert "Hòm phiếu đã mở lúc" in settled(clerk).text


def test_only_this_waves_recovery_copy_brings_its_keys_back(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    closed_wave(db, keys)
    make_wave(db, keys, code="dot-khac")
    copies = {code: recovery.copy_of(keys, code, PHRASE).encode() for code in (CODE, "dot-khac")}
    keys.erase_wave(CODE)
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/mo-hom-phieu")
    assert "không có khóa của hòm phiếu" in clerk.text
    for data, phrase, said in (
        (copies[CODE], "sai câu", "sai mật khẩu"),
        (copies["dot-khac"], PHRASE, "không phải bản khóa dự phòng của đợt"),
        (b"\xff{", PHRASE, "sai mật khẩu"),
        (copies[CODE], PHRASE, "Đã lấy lại khóa"),
    ):
        clerk.upload(
            clerk.form_to("/khoa"),
            {"tep": ("k.json", data)},
            {"cau": phrase, "ma-xac-thuc": clerk.code()},
        )
        assert said in clerk.text
        assert clerk.fine is (said == "Đã lấy lại khóa")
        assert keys.has_wave(CODE) is (said == "Đã lấy lại khóa")
        clock.move(minutes=1)
    form = clerk.form_to("/khoa")
    clerk.submit({"ma-xac-thuc": clerk.code()})
    assert "Hòm phiếu đã mở lúc" in settled(clerk).text
    clock.move(minutes=1)
    # The page of before, sent once more: what was erased stays so.
    again = {"tep": ("k.json", copies[CODE])}
    clerk.upload(form, again, {"cau": PHRASE, "ma-xac-thuc": clerk.code()})
    assert clerk.refused
    assert not keys.has_wave(CODE)


def test_the_council_looks_and_checks_but_does_not_act(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys)
    council = desk_of(db, keys, configured, "council")
    for path in ("ket-qua", "ket-qua/co-quan/snv/1.1", "ket-qua/cau-hoi", "bien-ban"):
        assert council.open(f"{BASE}/{path}").status == 200
        assert not [form for form in council.forms if form.element.get("method") == "post"]
    council.open(f"{BASE}/xuat-bao-cao")
    sent = {"tep": ("a.json", export.to_json(document))}
    council.upload(council.form_to("/kiem-tra"), sent)
    assert "Tệp trùng với bảng điểm đang lưu ở đây" in council.text
    council.upload(council.form_to("/kiem-tra"), {"tep": ("bang-diem.XLSX", b"PK")})
    assert "Chỉ tệp JSON có đủ số phiếu và quy tắc" in council.text
    for path in ("tinh-diem", "mo-hom-phieu", "ket-qua-khac", "hai-nguoi", "hai-nguoi/rut-lai"):
        council.post(f"{BASE}/{path}", [("ma-xac-thuc", "1")])
        assert council.refused == "Trang này không thuộc vai trò của tài khoản này"


def test_a_file_that_was_computed_anew_from_other_counts_is_not_ours(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    forged = {**document, "void": document["void"] + 1}
    forged["digest"] = export.digest(forged)
    other = {**document, "wave": "dot-la"}
    other["digest"] = export.digest(other)
    for sent, said, is_refused in (
        (forged, "khác bảng điểm số 1", True),
        (other, "không có ở đây", False),
        ({**document, "void": 9}, "digest", True),
    ):
        clerk.open(f"{BASE}/xuat-bao-cao")
        clerk.upload(clerk.form_to("/kiem-tra"), {"tep": ("a.json", export.to_json(sent))})
        assert (said in clerk.text, bool(clerk.refused)) == (True, is_refused)


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx", "docx"])
def test_an_export_is_the_bytes_of_the_command_line_and_is_logged(
    db: Database, keys: KeyFile, configured: Settings, kind: str
) -> None:
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured, "council")
    form = clerk.open(f"{BASE}/xuat-bao-cao").form_to(f"/{kind}")
    fields = {name: values[0] for name, values in form.values.items()}
    got = clerk.client.post(form.action, data=fields)
    with db.reading() as session:
        told = course.of_code(session, CODE)
    assert got.content == export.write(kind, document, None, told)
    name = f"{CODE}-{'bao-cao' if kind == 'docx' else 'bang-diem'}-1.{kind}"
    assert name in got.headers["content-disposition"]
    with db.reading() as session:
        (line,) = chain.lines(session, "wave.export", CODE)
    assert line.facts == {"format": kind, "sheet": 1}
    assert clerk.open(form.action).path == f"{BASE}/xuat-bao-cao"


def test_the_word_report_stands_beside_the_wave_that_the_page_shows(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, code="cu-nhat", people=30)
    before = scored_wave(db, keys, code="dot-truoc", people=40)
    scored_wave(db, keys, code="tap-duot", people=36, rehearsal=True)
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    shown = clerk.open(f"{BASE}/ket-qua").text
    form = clerk.open(f"{BASE}/xuat-bao-cao").form_to("/docx")
    fields = {name: values[0] for name, values in form.values.items()}
    got = clerk.client.post(form.action, data=fields).content
    with db.reading() as session:
        earlier = lineages.earlier(session, waves.load(session, CODE))
        assert earlier is not None
        assert earlier.sheet == before
        assert got == export.to_docx(document, earlier, course.of_code(session, CODE))
    told = re.search(r"\d trên 2 đơn vị tăng so với đợt trước", text_of(got))
    assert told is not None
    assert told[0] in shown
    for _unit, then, now, moved, *_ranks in table_of(got, "Cơ quan", "Đợt trước"):
        assert moved in shown
        assert now in shown
        assert then != now


@pytest.mark.parametrize("role", ["officer", "council"])
def test_the_minutes_come_as_a_word_file_with_the_words_of_the_page(
    db: Database, keys: KeyFile, configured: Settings, role: str
) -> None:
    scored_wave(db, keys)
    clerk = desk_of(db, keys, configured, role)
    shown = words(clerk.open(f"{BASE}/bien-ban").tree)
    form = clerk.open(f"{BASE}/xuat-bao-cao").form_to("/bien-ban/docx")
    fields = {name: values[0] for name, values in form.values.items()}
    got = clerk.client.post(form.action, data=fields)
    assert f"{CODE}-bien-ban.docx" in got.headers["content-disposition"]
    for line in text_of(got.content).split("\n"):
        for part in line.removeprefix("- ").split(": ", 1):
            assert " ".join(part.split()) in shown, part
    for cell in (cell for table in tables_of(got.content) for row in table for cell in row):
        for part in cell.split("\n"):
            assert " ".join(part.split()) in shown, part
    with db.reading() as session:
        (line_,) = chain.lines(session, "wave.minutes", CODE)
    assert line_.facts == {"format": "docx"}
    assert "Xuất biên bản" in clerk.open("/quan-tri/nhat-ky").text
    assert clerk.open(form.action).path == f"{BASE}/bien-ban"


def test_a_rehearsal_has_no_word_files_and_an_unopened_wave_no_minutes(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, rehearsal=True)
    closed_wave(db, keys, code="chua-mo")
    clerk = desk_of(db, keys, configured)
    for path, told in (
        (f"{BASE}/xuat-bao-cao/docx", "tập dượt"),
        (f"{BASE}/bien-ban/docx", "tập dượt"),
        ("/quan-tri/dot/chua-mo/bien-ban/docx", "Không có trang này"),
    ):
        clerk.post(path, [("ve", ticket_for(clerk, keys, configured, path))])
        assert clerk.refused
        assert told in clerk.text
    assert not [form for form in clerk.open(f"{BASE}/xuat-bao-cao").forms if "docx" in form.action]
    assert "Tải tệp Word" not in clerk.open(f"{BASE}/bien-ban").text
    with db.reading() as session:
        assert not chain.lines(session, "wave.export")
        assert not chain.lines(session, "wave.minutes")


def ticket_for(clerk: Clerk, keys: KeyFile, configured: Settings, path: str) -> str:
    """What the form of a page would carry that shows none."""
    assert clerk.db is not None
    with clerk.db.reading() as session:
        key = clerk.client.cookies[cookie_name(configured)]
        found = staff.signed_in(session, key, clerk.db.now(session))
    assert found is not None
    field = Desk(Request({"type": "http"}), House(configured, clerk.db, keys), found).ticket(path)
    return re.search(r'value="([^"]*)"', field)[1]  # type: ignore[index]


def test_a_rehearsal_exports_nothing(db: Database, keys: KeyFile, configured: Settings) -> None:
    document = scored_wave(db, keys, rehearsal=True)
    scored_wave(db, keys, code="that")
    clerk = desk_of(db, keys, configured)
    form = clerk.open("/quan-tri/dot/that/xuat-bao-cao").form_to("/json")
    for path in ("ket-qua", "ket-qua/co-quan/snv", "bien-ban", "mo-hom-phieu"):
        assert clerk.open(f"{BASE}/{path}").title.startswith("PHIẾU THỬ")
    clerk.open(f"{BASE}/xuat-bao-cao")
    assert [each.action for each in clerk.forms] == [f"{BASE}/xuat-bao-cao/kiem-tra"]
    # Whoever writes it down from the pages has nobody here vouch for it.
    clerk.upload(clerk.form_to("/kiem-tra"), {"tep": ("a.json", export.to_json(document))})
    assert "Đợt dot-thu là đợt tập dượt (PHIẾU THỬ)" in clerk.text
    assert (bool(clerk.refused), "Tệp trùng" in clerk.text) == (True, False)
    form.action = f"{BASE}/xuat-bao-cao/json"
    assert clerk.send(form).refused == "Biểu mẫu này không còn dùng được", (
        "a ticket of another wave"
    )
    with db.reading() as session, pytest.raises(waves.WaveRefused, match="không xuất được"):
        scoresheets.latest_sheet(session, CODE)
    with db.reading() as session:
        assert not chain.lines(session, "wave.export")


def test_the_minutes_carry_what_is_signed(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/bien-ban")
    is_tidy(clerk)
    with db.reading() as session:
        (line,) = chain.lines(session, "wave.unseal", CODE)
        wave = waves.load(session, CODE)
        minutes = openingfacts.sums(session, 1)
    assert minutes is not None
    table, by_group, _present = tables(clerk)
    assert [row[1] for row in rows(table)] == ["24", "0", "24", "24", "0", "0"]
    assert rows(by_group)[-1] == ["Tổng số", "24", "24", "100,0"]
    for wanted in (
        f"{line.number}:{line.mac}",
        document["receipts"],
        minutes.urn_digest,
        wave.index_digest,
        "một người mở được",
        "Phát ra 24 phiếu: đã gửi 24, còn lại 0 chưa gửi.",
        "Số phiếu đã gửi (24) bằng số phiếu đếm được trong hòm (24).",
        "Không có phiếu mất hiệu lực hay phiếu lạ.",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    ):
        assert wanted in clerk.text
