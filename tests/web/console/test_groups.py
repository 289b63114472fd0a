"""Results by group, narrowed, as pictures; comments to take along."""

import io
import re
from urllib.parse import quote
from xml.etree.ElementTree import fromstring

import pytest
from openpyxl import load_workbook

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.web.console.desk.desk import TICKET
from tests.making.blocks import make_index
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.web.console.test_results import (
    BASE,
    CODE,
    closed_wave,
    rows,
    scored_wave,
    tables,
    ticket_for,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def listed(clerk: Clerk) -> list[list[str]]:
    return [row for table in tables(clerk, "rank") for row in rows(table)]


def test_the_page_of_groups_names_every_cell_and_leads_to_the_units(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "two-blocks")
    index, clerk = make_index("two-blocks"), desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua").open(clerk.link("Theo nhóm"))
    names = {group.name for group in index.groups}
    maps = [table for table in clerk.tree.iter("table") if "groups" in (table.get("class") or "")]
    assert len(maps) == 2
    for table in maps:
        heads = [words(th) for th in table.iter("th") if th.get("scope") == "col"][2:]
        for head in heads:
            assert set(head.removesuffix(" (gộp)").split("; ")) <= names
            assert ("; " in head) is head.endswith("(gộp)")
        for name, whole, *stands in rows(table):
            assert name in {unit.name for unit in index.units}
            assert re.fullmatch(r"\d+,\d|\*", whole)
            assert all(re.fullmatch(r"(\d+,\d hạng \d+)?", stand) for stand in stands)
    assert clerk.open(clerk.link("Sở Nội vụ")).status == 200


def test_too_few_ballots_have_no_groups(db: Database, keys: KeyFile, configured: Settings) -> None:
    scored_wave(db, keys, people=3)
    clerk = desk_of(db, keys, configured).open(f"{BASE}/ket-qua/theo-nhom")
    assert "mọi câu đều có quá ít phiếu" in clerk.text
    assert not list(clerk.tree.iter("table"))


def test_what_is_narrowed_stays_so_in_every_link_and_changes_no_number(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "two-blocks")
    index, clerk = make_index("two-blocks"), desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua")
    every = {row[1]: row for row in listed(clerk)}
    first, second = index.blocks
    assert {each.get("name") for each in clerk.form.element.iter("select")} >= {"khoi"}
    clerk.open(f"{BASE}/ket-qua?khoi={first.code}")
    here = {unit.name for unit in index.units if unit.block == first.code}
    assert listed(clerk) == [every[row[1]] for row in listed(clerk)]
    assert {row[1] for row in listed(clerk)} == here
    assert {row[0] for table in tables(clerk, "heat") for row in rows(table)} == here
    kept = f"khoi={first.code}"
    ours = [a.get("href", "") for a in clerk.tree.iter("a") if "/ket-qua" in a.get("href", "")]
    leaving = {f"{BASE}/ket-qua", f"/quan-tri/dot/{CODE}/ket-qua-khac"}
    assert all(kept in path for path in ours if path not in leaving)
    for label in ("Theo nhóm", "Về kết quả chung", "Từng câu hỏi", "Về kết quả chung"):
        clerk.open(clerk.link(label))
        assert kept in clerk.path
    clerk.open(clerk.link("Bỏ lọc"))
    assert len(listed(clerk)) == len(index.units)
    # One component: its columns, and no other.
    component = index.components[0].code
    clerk.open(f"{BASE}/ket-qua?thanh-phan={component}")
    leaves = [words(th) for th in tables(clerk, "heat")[0].iter("th") if th.get("scope") == "col"]
    codes = {leaf.split(" ")[0] for leaf in leaves[1:]}
    assert codes <= {
        leaf.code for leaf in index.leaves if index.component_of[leaf.code].code == component
    }
    assert clerk.open(f"{BASE}/ket-qua?khoi=la&loai=la&thanh-phan=la").status == 200
    assert len(listed(clerk)) == len(index.units)
    assert second.name in clerk.text


def test_a_class_leaves_units_out_and_says_of_how_many(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys, "classes")
    clerk = desk_of(db, keys, configured)
    labels = {unit["class"] for unit in document["units"]}
    label = next(filter(None, labels))
    clerk.open(f"{BASE}/ket-qua?loai={quote(label)}")
    units = [unit for unit in document["units"] if unit["class"] == label]
    assert [int(row[0]) for row in listed(clerk)] == sorted(unit["rank"] for unit in units)
    if len(units) < len(document["units"]):
        assert f"{len(units)} trong {len(document['units'])} đơn vị" in clerk.text
    unheard = next(each for each in ("Tốt", "Khá", "Trung bình", "-") if each not in labels)
    clerk.open(f"{BASE}/ket-qua/theo-nhom?loai={unheard}")
    assert clerk.status == 200


def test_a_ranking_is_saved_as_the_page_shows_it(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys, "two-blocks")
    clerk = desk_of(db, keys, configured).open(f"{BASE}/ket-qua?xep=ten")
    saved = [a.get("href", "") for a in clerk.tree.iter("a") if ".svg" in a.get("href", "")]
    assert len(saved) == 2
    for path, table in zip(saved, tables(clerk, "rank"), strict=True):
        got = clerk.client.get(path)
        assert got.headers["content-type"] == "image/svg+xml"
        assert got.headers["content-disposition"].startswith("attachment;")
        drawn = fromstring(got.content)
        said = " ".join(drawn.itertext())
        assert "style" not in got.text
        assert "script" not in got.text
        for rank, name, percent, *_rest in rows(table):
            assert f"{rank}. {name}" in said
            assert f"{percent}%" in said
        assert f"bảng điểm số {document['sheet']}" in said
    assert clerk.client.get(f"{BASE}/ket-qua/xep-hang.svg?danh-sach=9").status_code == 404


def test_every_chart_of_the_results_is_saved_with_its_numbers(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "two-blocks")
    index, clerk = make_index("two-blocks"), desk_of(db, keys, configured)
    question = index.scored_questions[0].code
    clerk.open(f"{BASE}/ket-qua/cau-hoi/{question}")
    (path,) = [a.get("href", "") for a in clerk.tree.iter("a") if ".svg" in a.get("href", "")]
    said = " ".join(fromstring(clerk.client.get(path).content).itertext())
    (table,) = tables(clerk)
    for name, percent, *_counts in rows(table):
        assert name in said
        assert f"{percent}%" in said
    for level in index.scale_of[index.scored_questions[0].scale or ""].levels:
        assert level.label in said
    clerk.open(f"{BASE}/ket-qua/theo-nhom")
    saved = [a.get("href", "") for a in clerk.tree.iter("a") if ".svg" in a.get("href", "")]
    for path, table in zip(saved, tables(clerk, "rank"), strict=True):
        said = " ".join(fromstring(clerk.client.get(path).content).itertext())
        assert all(f"{row[1]}%" in said for row in rows(table))
    for odd in ("theo-nhom.svg?danh-sach=9", "cau-hoi/khong-co.svg"):
        assert clerk.client.get(f"{BASE}/ket-qua/{odd}").status_code == 404


def test_comments_are_taken_along_as_they_are_shown_with_what_they_are_for(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "comments")
    index, clerk = make_index("comments"), desk_of(db, keys, configured)
    shown = []
    for question in index.comments:
        clerk.open(f"{BASE}/ket-qua/gop-y?cau={question.code}")
        shown.append([words(li) for li in clerk.tree.iter("li") if li.get("class") == "comment"])
    assert any(shown)
    assert "Không tìm hiểu ai viết" in clerk.text
    clerk.press("Tải tất cả góp ý (Excel)")
    assert f"{CODE}-gop-y.xlsx" in clerk.response.headers["content-disposition"]
    book = load_workbook(io.BytesIO(clerk.response.content))
    for sheet, question, said in zip(book, index.comments, shown, strict=True):
        cells = list(sheet.iter_rows(values_only=True))
        assert "Không tìm hiểu ai viết" in str(cells[1][0])
        assert cells[3][0] == index.question_text(question, None)
        assert [row[0] for row in cells[4:] if said] == said
        assert {len(row) for row in cells} == {1}, "nothing stands beside a comment"
    assert "Tải các góp ý" in clerk.open("/quan-tri/nhat-ky").text


@pytest.mark.parametrize("case", ["few", "rehearsal", "closed"])
def test_where_the_page_has_no_comments_there_is_no_file(
    db: Database, keys: KeyFile, configured: Settings, case: str
) -> None:
    if case == "closed":
        closed_wave(db, keys, "comments")
    else:
        many = 6 if case == "few" else 24
        scored_wave(db, keys, "comments", people=many, rehearsal=case == "rehearsal")
    clerk = desk_of(db, keys, configured)
    path = f"{BASE}/ket-qua/gop-y"
    assert "Tải tất cả góp ý" not in clerk.open(path).response.text
    ticket = ticket_for(clerk, keys, configured, f"{path}/xlsx")
    said = clerk.post(f"{path}/xlsx", [(TICKET, ticket)])
    assert said.refused == "Không có trang này", "a page, and no file"
