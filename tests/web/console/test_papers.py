"""Papers of the console: the sheets of units, the head of all papers, Mẫu phiếu."""

import pytest
from sqlmodel import Session, col, select

from app.audit import chain
from app.count import course
from app.keys.keyfile import KeyFile
from app.papers import export, forms, unitsheets
from app.scores.course import Course
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot
from app.waves import counts
from app.waves.wave import load
from tests.making.blocks import INDEXES, make_index
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.making.words import tables as tables_of
from tests.making.words import text_of
from tests.web.console.test_indexes import put
from tests.web.console.test_results import BASE, CODE, scored_wave

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = f"{BASE}/xuat-bao-cao"


def told(db: Database) -> Course:
    with db.reading() as session:
        return course.of_code(session, CODE)


def fetched(clerk: Clerk, ending: str, **fields: str) -> tuple[str, bytes]:
    """The file that a form of the page gives, with what its name was said to be."""
    form = clerk.open(PAGE).form_to(ending)
    sent = {name: values[0] for name, values in form.values.items()} | fields
    got = clerk.client.post(form.action, data=sent)
    assert got.status_code == 200
    return got.headers["content-disposition"], got.content


def test_the_sheets_of_units_come_together_apart_or_alone(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured, "council")
    first = document["units"][0]["code"]
    name, data = fetched(clerk, "/tung-co-quan")
    assert f"{CODE}-tung-co-quan-1.docx" in name
    assert data == unitsheets.together(document, None, told(db))
    name, data = fetched(clerk, "/tung-co-quan", **{"co-quan": "zip"})
    assert f"{CODE}-tung-co-quan-1.zip" in name
    assert data == unitsheets.apart(document, None, told(db))
    name, data = fetched(clerk, "/tung-co-quan", **{"co-quan": first})
    assert f"{CODE}-{first}-1.docx" in name
    assert data == unitsheets.together(document, None, told(db), first)
    clerk.open(PAGE).send(clerk.form_to("/tung-co-quan"), {"co-quan": "la"})
    assert clerk.refused == "Không có trang này"
    assert clerk.open(f"{PAGE}/tung-co-quan").path == PAGE
    with db.reading() as session:
        facts = [line.facts for line in chain.lines(session, "wave.unit-sheets", CODE)]
    whole = {"format": "docx", "sheet": 1}
    assert facts == [whole | {"unit": first}, whole, whole]


def test_the_head_that_an_officer_writes_stands_on_every_paper_from_then_on(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    clerk.open(PAGE)
    fields = {"chu-quan": " UBND  tỉnh Lai Châu ", "co-quan": "Sở Nội vụ", "ky-hieu": "SNV-CCHC"}
    clerk.send(clerk.form_to("/dau-van-ban"), fields | {"noi": "Lai Châu"})
    assert (clerk.path, "Đã lưu đầu văn bản" in clerk.text) == (PAGE, True)
    assert "Số: ………/BC-SNV-CCHC" in clerk.text
    _name, data = fetched(clerk, "/docx")
    assert data == export.to_docx(document, None, told(db))
    bodies, number = tables_of(data)[0]
    assert bodies[0].split("\n")[:2] == ["UBND tỉnh Lai Châu", "Sở Nội vụ"]
    assert number == ["Số: ………/BC-SNV-CCHC", "Lai Châu, ngày …… tháng …… năm ………"]
    assert "Số: ………/BB-SNV-CCHC" in words(clerk.open(f"{BASE}/bien-ban").tree)
    # The same once more is no deed; nothing at all is the guess again.
    clerk.open(PAGE).send(clerk.form_to("/dau-van-ban"))
    with db.reading() as session:
        (line,) = chain.lines(session, "paper.head")
    assert line.facts["above"] == "UBND tỉnh Lai Châu"
    clerk.send(clerk.form_to("/dau-van-ban"), dict.fromkeys((*fields, "noi"), ""))
    assert "SNV-CCHC" not in clerk.text
    assert "Sửa đầu văn bản" in clerk.open("/quan-tri/nhat-ky").text


def test_the_council_reads_the_head_and_writes_none(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys)
    clerk = desk_of(db, keys, configured, "council")
    assert not [each for each in clerk.open(PAGE).forms if "dau-van-ban" in each.action]
    assert "Đầu văn bản" in clerk.text
    clerk.post(f"{PAGE}/dau-van-ban", [("co-quan", "Sở khác")])
    assert clerk.refused == "Trang này không thuộc vai trò của tài khoản này"


def test_mau_phieu_comes_by_group_and_for_all(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, index = desk_of(db, keys, configured, "officer", "council"), make_index("two-blocks")
    put(clerk, "two-blocks.toml", (INDEXES / "two-blocks.toml").read_bytes())
    path = clerk.path
    group = index.groups[0]
    assert f"{path}/mau-phieu/{group.code}.docx" in clerk.response.text
    alone = clerk.client.get(f"{path}/mau-phieu/{group.code}.docx")
    assert f"{index.code}-mau-phieu-{group.code}.docx" in alone.headers["content-disposition"]
    assert f"(Dành cho đối tượng: {group.name})" in text_of(alone.content)
    whole = clerk.client.get(f"{path}/mau-phieu.docx")
    assert text_of(whole.content).count("Mẫu số") == len(index.groups)
    assert clerk.client.get(f"{path}/mau-phieu/la.docx").status_code == 404
    assert forms.BOX in str(tables_of(whole.content))


def issued_later(session: Session, count: int) -> None:
    """Have so many ballots be as if they were issued after the launch."""
    for ballot in session.exec(select(Ballot).order_by(col(Ballot.number)).limit(count)):
        ballot.at_launch = False
        session.add(ballot)


@pytest.mark.parametrize(("people", "later"), [(60, 0), (60, 1), (24, 3), (8, 0)])
def test_groups_are_told_as_pages_tell_them_or_not_at_all(
    db: Database, keys: KeyFile, configured: Settings, people: int, later: int
) -> None:
    scored_wave(db, keys, people=people)
    with db.transaction() as session:
        issued_later(session, later)
    cells = told(db).cells
    assert cells is not None
    assert all(each.issued >= 10 for each in cells)
    assert sum(each.issued for each in cells) == (people if people >= 10 and not later else 0)
    with db.reading() as session:
        wave = load(session, CODE)
        shown = counts.of(session, wave, db.now(session))
    assert shown is not None
    assert [(each.issued, each.received) for each in cells] == list(shown.cells.values())


def test_groups_are_not_told_from_rows_that_are_not_those_of_the_count(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys)
    with db.transaction() as session:
        ballot = session.exec(select(Ballot).limit(1)).one()
        ballot.ever_cast = False
        session.add(ballot)
    assert told(db).cells == ()
