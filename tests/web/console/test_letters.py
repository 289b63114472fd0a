"""The words of the letters: what stands in the fields goes, what nobody touched stays the usual."""

import json
import re
from dataclasses import replace

import pytest
from sqlmodel import SQLModel, func, select

from app.audit import chain
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.letters import mail, texts
from app.letters.texts import Wording
from app.preparation import wordings
from app.settings import Settings
from app.store.db import Database
from app.store.officemodels import LetterText, Salutation
from app.waves import closing
from app.waves import wave as waves
from app.worker import sending
from tests.conftest import first_on_both
from tests.making.blocks import make_index, make_people, make_wave, mark_launched
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.making.posting import through
from tests.making.smtp import smtp_server

PATH = "/quan-tri/dot/nhap/thu"
SUBJECT, BODY = "invitation.tieu-de", "invitation.noi-dung"
REMINDER, REMINDER_BODY = "reminder.tieu-de", "reminder.noi-dung"


def draft(db: Database, index: Index | None = None) -> Index:
    index = index or make_index()
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, "nhap", index, now, now.replace(day=28), now)
        waves.import_roster(session, wave, make_people(index, 8))
    return index


@pytest.fixture
def index(db: Database) -> Index:
    return draft(db)


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings, index: Index) -> Clerk:
    return desk_of(db, keys, configured)


def kept(db: Database, code: str = "nhap") -> Wording:
    with db.reading() as session:
        return wordings.of(session, waves.load(session, code))


def stored(db: Database) -> int:
    """How many rows of own words there are."""
    with db.reading() as session:
        count = select(func.count())
        return sum(session.exec(count.select_from(t)).one() for t in (LetterText, Salutation))


def frames(clerk: Clerk) -> list[str]:
    """The letters as the page shows them, in their order."""
    return [frame.get("srcdoc", "") for frame in clerk.tree.iter("iframe")]


def salutation(index: Index, place: int = 0) -> str:
    return f"xung-ho.{index.groups[place].code}"


def test_the_usual_words_stand_in_the_fields_and_are_not_stored(
    db: Database, clerk: Clerk, index: Index
) -> None:
    form = clerk.open(PATH).form
    assert form.values[SUBJECT] == [mail.usual_subject("invitation", index)]
    assert form.values[REMINDER] == [mail.usual_subject("reminder", index)]
    assert form.values[BODY] == [mail.usual_body(index)]
    assert "{đơn vị được đánh giá}" in form.values[BODY][0]
    assert form.values[salutation(index)] == ["Kính gửi Ông/Bà {họ tên}"]
    assert "Dùng lại lời thường dùng" not in clerk.text
    clerk.submit(button="Lưu")
    assert clerk.fine
    assert "Đã lưu" in clerk.text
    assert stored(db) == 0


def test_a_letter_nobody_touched_follows_the_index(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index()
    assert index.organiser is not None
    bare = replace(index, organiser=replace(index.organiser, basis=None))
    draft(db, bare)
    clerk = desk_of(db, keys, configured)
    clerk.open(PATH).submit({SUBJECT: "Lời riêng"}, "Lưu")
    assert "{căn cứ}" not in clerk.form.values[BODY][0]
    named = replace(index, organiser=replace(index.organiser, basis="Quyết định số 5"))
    with db.transaction() as session:
        wave = waves.load(session, "nhap")
        wave.index_content = json.dumps(indexfile.canonical(named), ensure_ascii=False)
        wave.index_digest = indexfile.digest(named)
        session.add(wave)
    clerk.open(PATH)
    assert clerk.form.values[BODY][0].startswith("Thực hiện {căn cứ}")
    assert clerk.form.values[SUBJECT] == ["Lời riêng"]
    assert "Thực hiện Quyết định số 5" in frames(clerk)[0]


def test_own_words_are_kept_shown_and_sent(
    db: Database, keys: KeyFile, configured: Settings, clerk: Clerk, index: Index
) -> None:
    typed = {
        SUBJECT: "Thư của tỉnh năm {năm}",
        BODY: "Kính mời {họ tên}.\n\nHạn: {hạn gửi}.",
        salutation(index): "Kính thưa đại biểu {họ tên}",
    }
    clerk.open(PATH).submit(typed, "Lưu")
    wording = kept(db)
    assert wording.subjects == {"invitation": typed[SUBJECT]}
    assert wording.bodies == {"invitation": typed[BODY]}
    assert wording.salutations == {index.groups[0].code: typed[salutation(index)]}
    first = frames(clerk)[0]
    assert f">Thư của tỉnh năm {index.year}</h1>" in first
    assert "Kính thưa đại biểu Nguyễn Văn A," in first
    assert ">Kính mời Nguyễn Văn A.</p>" in first
    with db.reading() as session:
        line = chain.lines(session)[-1]
    assert line.action == "letters.edit"
    assert "đại biểu" not in repr(line.facts)
    make_wave(db, keys, index, 4, code="phat")
    with db.transaction() as session:
        source, target = waves.load(session, "nhap"), waves.load(session, "phat")
        wordings.copy(session, source, target)
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
    sent = next(k for k in server.kept if "Kính thưa đại biểu" in k.text)
    assert sent.message["Subject"] == f"Thư của tỉnh năm {index.year}"
    assert "Kính mời Người thứ" in sent.html


def test_the_usual_words_come_back_by_their_box_or_by_an_empty_field(
    db: Database, clerk: Clerk, index: Index
) -> None:
    own = {SUBJECT: "Một", BODY: "Hai", REMINDER: "Ba", salutation(index): "Bốn {họ tên}"}
    clerk.open(PATH).submit(own, "Lưu")
    assert stored(db) == 3
    assert set(clerk.form.boxes["thuong-dung"]) == set(own)
    clerk.submit({"thuong-dung": [SUBJECT, salutation(index)], BODY: ""}, "Xem thử, chưa lưu")
    assert clerk.form.values[SUBJECT] == [mail.usual_subject("invitation", index)]
    assert stored(db) == 3, "nothing yet"
    clerk.submit(button="Lưu")
    assert kept(db) == Wording(subjects={"reminder": "Ba"})
    assert clerk.form.boxes == {"thuong-dung": [REMINDER]}


def test_looking_keeps_the_words_and_stores_nothing(
    db: Database, clerk: Clerk, index: Index
) -> None:
    before = everything(db)
    chosen = index.groups[-1].code
    typed = {SUBJECT: "Chưa chắc {năm}", salutation(index, -1): "Thưa {họ tên}", "nhom": chosen}
    clerk.open(PATH).submit({**typed, "rong": "hep"}, "Xem thử, chưa lưu")
    assert clerk.fine
    assert "chưa lưu" in clerk.text
    for name, value in {**typed, "rong": "hep"}.items():
        assert clerk.form.values[name] == [value]
    assert f"Chưa chắc {index.year}" in frames(clerk)[0]
    assert "Thưa Nguyễn Văn A," in frames(clerk)[1]
    assert index.group_of[chosen].name in frames(clerk)[0]
    assert everything(db) == before
    clerk.submit(button="Lưu")
    assert kept(db).subjects == {"invitation": "Chưa chắc {năm}"}
    assert clerk.form.values["nhom"] == [chosen], "the group stays chosen"
    assert clerk.form.values["rong"] == ["hep"]


def everything(db: Database) -> dict[str, list[str]]:
    """All that is stored, but for the page itself, which one browser may look at again."""
    with db.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in SQLModel.metadata.sorted_tables
            if table.name != "kept_page"
        }


def test_every_word_in_braces_has_its_note_and_its_example(clerk: Clerk, index: Index) -> None:
    clerk.open(PATH)
    rows = {
        words(row.find("th")): [words(cell) for cell in row.iter("td")]
        for row in clerk.tree.iter("tr")
        if row.find("td") is not None
    }
    assert set(rows) == {f"{{{place}}}" for place in texts.PLACES}
    assert all(note and example for note, example in rows.values())
    assert rows["{họ tên}"][1] == "Nguyễn Văn A"
    assert rows["{năm}"][1] == str(index.year)


@first_on_both(
    "name, typed, remedy",
    [
        (SUBJECT, "Thư {tên}", "Không có “{tên}”"),
        (SUBJECT, "x" * 151, "Dài quá 150 ký tự (đang có 151)"),
        (SUBJECT, "một\nhai", "Bỏ chỗ xuống dòng"),
        (SUBJECT, "một\u2028hai", "không nhìn thấy"),
        (BODY, "ẩn \u202e đi", "Sau “ẩn” có ký tự điều khiển"),
        (BODY, "Xem http://gia.vn", "Không đặt đường dẫn"),
        (REMINDER_BODY, "x" * 3001, "Dài quá 3000 ký tự"),
        (REMINDER_BODY, "nửa {họ tên", "thiếu một nửa"),
        ("xung-ho", "\u200fThưa {họ tên}", "Đầu dòng có ký tự điều khiển"),
    ],
)
@pytest.mark.parametrize("button", ["Lưu", "Xem thử, chưa lưu"])
def test_a_fault_names_the_field_and_the_remedy_and_keeps_what_was_typed(
    db: Database, clerk: Clerk, index: Index, name: str, typed: str, remedy: str, button: str
) -> None:
    field = salutation(index) if name == "xung-ho" else name
    other = "Lời khác đang gõ"
    clerk.open(PATH)
    # An input of a browser loses line ends; a script's does not.
    values = {**clerk.form.values, field: [typed], REMINDER: [other]}
    fields = [(key, value) for key, several in values.items() for value in several]
    clerk.post(PATH, [*fields, ("xem-thu", "1")] if button != "Lưu" else fields)
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    panel = next(clerk.tree.iter("li"), None)
    links = {
        a.get("href") for a in clerk.tree.iter("a") if words(a).endswith(words_of(clerk, field))
    }
    assert panel is not None
    assert f"#{field}" in links
    assert remedy in words_of(clerk, field)
    assert clerk.form.values[REMINDER] == [other]
    if "\n" not in typed and typed.isprintable():
        assert clerk.form.values[field] == [typed]
    assert stored(db) == 0


def words_of(clerk: Clerk, field: str) -> str:
    """What stands at a field that is wrong."""
    ids = {each.get("id"): each for each in clerk.tree.iter()}
    assert ids[field].get("aria-invalid") == "true"
    return " ".join(words(ids[each]) for each in ids[field].get("aria-describedby", "").split())


def test_a_word_in_braces_that_would_say_nothing_is_refused(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index()
    assert index.organiser is not None
    draft(db, replace(index, organiser=replace(index.organiser, basis=None)))
    clerk = desk_of(db, keys, configured)
    assert "trống" in clerk.open(PATH).text
    clerk.submit({BODY: "Thực hiện {Căn cứ}, mời Ông/Bà"}, "Lưu")
    assert clerk.refused
    assert "không ghi căn cứ" in words_of(clerk, BODY)


@pytest.mark.parametrize("button", ["Lưu", "Xem thử, chưa lưu"])
def test_of_two_officers_the_second_sees_both_texts_and_loses_none(
    db: Database, keys: KeyFile, configured: Settings, clerk: Clerk, button: str
) -> None:
    other = desk_of(db, keys, configured)
    for each in (clerk, other):
        each.open(PATH)
    clerk.submit({SUBJECT: "Lời của Hà", REMINDER: "Nhắc của Hà"}, "Lưu")
    other.submit({SUBJECT: "Lời của Bình"}, button)
    assert other.refused
    assert other.title.startswith("Lỗi:")
    assert "Có người vừa đổi" in other.text
    assert other.form.values[SUBJECT] == ["Lời của Bình"]
    assert "Đang lưu: “Lời của Hà”" in other.text
    assert f"#{SUBJECT}" in {link.get("href") for link in other.tree.iter("a")}
    assert other.form.values[REMINDER] == ["Nhắc của Hà"], "a field it never touched follows"
    assert "hai người cùng sửa" not in words_around(other, REMINDER)
    assert kept(db).subjects["invitation"] == "Lời của Hà"
    other.submit(button="Lưu")
    assert kept(db).subjects == {"invitation": "Lời của Bình", "reminder": "Nhắc của Hà"}


def words_around(clerk: Clerk, field: str) -> str:
    """The lines of the panel that lead to a field."""
    return " ".join(words(a) for a in clerk.tree.iter("a") if a.get("href") == f"#{field}")


def test_a_launch_in_between_leaves_the_invitation_alone(
    db: Database, keys: KeyFile, configured: Settings, clerk: Clerk
) -> None:
    clerk.open(PATH)
    mark_launched(db, "nhap")
    clerk.submit({SUBJECT: "Muộn rồi", REMINDER: "Nhắc riêng"}, "Lưu")
    assert clerk.refused
    assert SUBJECT not in clerk.form.values
    assert clerk.form.values[REMINDER] == ["Nhắc riêng"]
    fields = [(name, value) for name, values in clerk.form.values.items() for value in values]
    clerk.post(PATH, [*fields, (SUBJECT, "Muộn rồi")])
    assert kept(db).subjects == {"reminder": "Nhắc riêng"}
    assert len(frames(clerk)) == 2, "the invitation can still be read"


def test_what_an_officer_writes_stays_text_in_the_frame(
    db: Database, clerk: Clerk, index: Index
) -> None:
    nasty = "<script>alert(1)</script><style>*{}</style> {họ tên}"
    clerk.open(PATH).submit({SUBJECT: nasty, BODY: "x"}, "Xem thử, chưa lưu")
    assert clerk.refused, "braces of a style are halves of nothing"
    nasty = nasty.replace("*{}", "*")
    clerk.submit({SUBJECT: nasty}, "Xem thử, chưa lưu")
    assert clerk.fine
    for frame in clerk.tree.iter("iframe"):
        assert frame.get("sandbox") == "", "no scripts, no forms, an origin of its own"
        html = frame.get("srcdoc", "")
        assert "<script" not in html
        assert html.count("<style") == 1
    policy = clerk.response.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    found = re.findall(r"'sha256-[^']+'", policy)
    assert len(found) == 1, "the one style block that all letters share, and no other"


def test_what_no_page_can_show_is_dropped(db: Database, clerk: Clerk) -> None:
    clerk.open(PATH).submit({SUBJECT: "Một\x07\tlá\x9f thư\ufffe", BODY: "a\x00"}, "Lưu")
    assert clerk.fine
    assert kept(db).subjects == {"invitation": "Một lá thư"}
    assert kept(db).bodies == {"invitation": "a"}


def test_words_of_a_wave_that_is_over_stay_as_they_went_out(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys, code="xong")
    clerk = desk_of(db, keys, configured).open("/quan-tri/dot/xong/thu")
    form = clerk.forms[0]
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, "xong"))
    clerk.send(form, {"reminder.tieu-de": "Nhắc nữa"})
    assert clerk.title.startswith("Lỗi:")
    assert "lời thư không sửa được nữa" in clerk.text
    with db.reading() as session:
        assert not wordings.of(session, wave).subjects
    clerk.open("/quan-tri/dot/xong/thu")
    assert not [b for each in clerk.forms for b in each.buttons if words(b) == "Lưu"]
