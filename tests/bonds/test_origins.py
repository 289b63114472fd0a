"""Who put whom on the roster: noted wherever people come in, shown where it can be looked at."""

from pathlib import Path

from sqlmodel import col, select

from app.audit import chain
from app.bonds import origins
from app.count import openingfacts, unsealing
from app.keys.keyfile import KeyFile
from app.scores import minutes
from app.scores.paper import Facts
from app.settings import Settings
from app.store.db import Database
from app.store.models import Respondent
from app.waves import closing, corrections, launch
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.commands.test_out_of_turn import Office
from tests.conftest import Clock
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.consoles import Clerk, desk_of
from tests.making.rosters import GROUP, PATH, draft_of, drafting, people_of, put

DOMAIN = "vi-du.vn"
PAGE = "/quan-tri/dot/nhap/nguoi-dua-vao"


def noted(db: Database, code: str = "nhap") -> dict[str, tuple[str, str]]:
    """Of each name, who added it and from what."""
    with db.reading() as session:
        wave_id = id_of(waves.load(session, code))
        found = session.exec(select(Respondent).where(col(Respondent.wave_id) == wave_id)).all()
        return {person.name: (person.added_by, person.added_from) for person in found}


def who(clerk: Clerk, db: Database) -> str:
    with db.reading() as session:
        return chain.lines(session)[-1].who


def type_in(clerk: Clerk, name: str, email: str, code: bool = False) -> None:
    typed = {"ten": name, "thu": email, "nhom": GROUP, "co-quan": "Khác"}
    clerk.open(f"{PATH}/them").submit({**typed, **({"ma-xac-thuc": clerk.code()} if code else {})})
    assert clerk.fine, clerk.text


def test_a_file_and_somebody_typed_in_are_noted_with_whose_hand_it_was(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = put(drafting(db, keys, configured), people_of(12), "Danh sách 2026.csv")
    other = desk_of(db, keys, configured, name="Lò Văn B")
    type_in(other, "Ma 1", "ma1@vi-du.vn")
    me = who(clerk, db)
    found = noted(db)
    assert found["Người thứ 3"] == (me, "tệp Danh sách 2026.csv")
    assert found["Ma 1"][0].startswith("Lò Văn B <")
    assert found["Ma 1"][1] == ""
    # Off and on again, corrected, added once more: the first hand stays.
    path = clerk.open(PATH).link("Người thứ 3")
    for deed in ("/bo", "/khoi-phuc"):
        other.open(path).send(other.form_to(deed))
    other.open(path).send(other.forms[0], {"ten": "Tên Khác"})
    assert noted(db)["Tên Khác"] == (me, "tệp Danh sách 2026.csv")


def test_the_page_shows_sections_and_names_to_officers_and_numbers_to_the_council(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = put(drafting(db, keys, configured), people_of(12))
    other = desk_of(db, keys, configured, name="Lò Văn B")
    council = desk_of(db, keys, configured, "council")
    type_in(other, "Ma 1", "ma1@vi-du.vn")
    with db.transaction() as session:
        launch.launch(db, session, keys, configured, draft_of(session))
    clock.move(minutes=1)
    type_in(other, "Ma 2", "ma2@vi-du.vn", code=True)
    clerk.open(clerk.open(PATH).link("Ai đã đưa ai vào danh sách"))
    assert clerk.path == PAGE
    for shown in ("12 người, từ tệp ds.csv, lúc", "1 người, nhập tay từng người.", "Ma 1", "Ma 2"):
        assert shown in clerk.text
    before, after = clerk.text.split("Thêm sau khi phát phiếu")
    assert "Ma 1" in before
    assert "Ma 2" not in before
    assert "Ma 2" in after
    assert "Người thứ 3" not in clerk.text, "a whole file is not listed"
    council.open(PAGE)
    for shown in ("12 người, từ tệp ds.csv", "1 người, nhập tay", "Lò Văn B", GROUP_NAME):
        assert shown in council.text
    for hidden in ("Ma 1", "Ma 2", "ma1@", "/danh-sach/"):
        assert hidden not in council.response.text
    assert council.open("/quan-tri").link("Ai đã đưa bao nhiêu người vào danh sách") == PAGE


GROUP_NAME = make_index("pooled").groups[0].name


def test_a_list_taken_over_and_a_rehearsal_are_noted(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    index = make_index("pooled")
    make_wave(db, keys, index, make_people(index, 6), code="nam-ngoai")
    clerk = drafting(db, keys, configured)
    clerk.open(PATH).send(form := clerk.form_to("/lay-dot-truoc"), form.boxes)
    assert {source for _by, source in noted(db).values()} == {"đợt nam-ngoai"}
    clerk.open("/quan-tri/dot/nhap/tap-duot")
    clerk.submit({"dia-chi": "thu@vi-du.vn", "ma-xac-thuc": clerk.code()})
    assert clerk.fine, clerk.text
    ((by, source),) = noted(db, clerk.path.split("/")[3]).values()
    assert (by.rpartition(" <")[2].endswith("@vi-du.vn>"), source) == (True, "")


def test_a_file_may_not_pass_for_another_wave() -> None:
    assert origins.of_file("đợt 2025") == "tệp đợt 2025"
    assert len(origins.of_file("a" * 4000)) < 200


def test_the_check_list_asks_for_a_look_where_people_were_typed_in(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = put(drafting(db, keys, configured), people_of(12))
    clerk.open("/quan-tri/dot/nhap/phat-phieu")
    me = who(clerk, db)
    assert f"Đạt. Danh sách: 12 người do {me} đưa vào từ tệp ds.csv." in clerk.text
    type_in(clerk, "Ma 1", "ma1@vi-du.vn")
    clerk.open("/quan-tri/dot/nhap/phat-phieu")
    assert f"Nên xem. Danh sách: 12 người do {me} đưa vào" in clerk.text
    assert f"1 người do {me} nhập tay." in clerk.text
    assert clerk.link("Xem ai đã đưa ai vào") == PAGE


def test_the_minutes_say_whose_hands_it_was_and_name_no_respondent(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index()
    wave = make_wave(db, keys, index, 20, origin=("Hà <ha@vi-du.vn>", "tệp ds.xlsx"))
    with db.transaction() as session:
        found, now = waves.load(session, wave.code), db.now(session)
        for number in (1, 2):
            (model, *_others) = make_people(index, 1)
            person = type(model)(**{**model.__dict__, "email": f"ma{number}@vi-du.vn"})
            made = corrections.add(session, keys, found, person, now, DOMAIN, "Sơn <son@vi-du.vn>")
        # Who was taken off has a ballot all the same, and it may have been cast.
        corrections.remove(session, keys, found, session.get_one(Respondent, made), now, DOMAIN)
        closing.close(db, session, found)
    unsealing.unseal(db, keys, wave.code)
    with db.reading() as session:
        opening = openingfacts.of(session, waves.load(session, wave.code))
    assert opening is not None
    said = (
        "20 người do Hà <ha@vi-du.vn> đưa vào từ tệp ds.xlsx;"
        " 2 người thêm sau khi phát phiếu do Sơn <son@vi-du.vn>"
    )
    assert opening.roster == said
    assert (opening.ballots.issued, opening.ballots.issued_later) == (22, 2)
    rows = [
        row for part in minutes.paper(opening).parts if isinstance(part, Facts) for row in part.rows
    ]
    assert ("Danh sách đối tượng", said) in rows


def test_a_roster_from_before_says_that_nothing_was_noted(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=12)
    with db.reading() as session:
        assert origins.in_words(origins.of(session, wave)) == "12 người không ghi do ai đưa vào"
        assert origins.newcomers(session, wave) == []


def test_the_command_line_is_noted_as_such(
    db: Database, keys: KeyFile, tmp_path: Path, configured: Settings
) -> None:
    keys.content()
    with db.transaction() as session:
        now = db.now(session)
        waves.new(session, "nhap", make_index("pooled"), now, now.replace(day=28), now)
    file = tmp_path / "danh-sach.csv"
    file.write_text(people_of(3), "utf-8")
    Office(configured).types("roster", "nhap", str(file))
    assert set(noted(db).values()) == {("dòng lệnh", "tệp danh-sach.csv")}
