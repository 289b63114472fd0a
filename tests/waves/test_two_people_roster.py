"""Where two people are wanted, nobody alone changes who can answer after the launch."""

import random
import re
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from app.audit import chain
from app.ballots import ballot as ballots
from app.bonds import origins
from app.keys.keyfile import KeyFile
from app.roster import people, rows
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Letter, Respondent
from app.store.officemodels import Proposal
from app.waves import closing, corrections, deeds, proposals, rosterdeeds
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.conftest import Clock
from tests.making.blocks import cast_ballot, make_answers, make_index, make_people, make_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE, DOMAIN = "dot-thu", "vi-du.vn"
LIST = f"/quan-tri/dot/{CODE}/danh-sach"
ADD = f"{LIST}/them"
GROUP = make_index().groups[0].code


@pytest.fixture
def two(db: Database, keys: KeyFile, configured: Settings) -> tuple[Clerk, Clerk]:
    """Two officers, and a wave of theirs of twenty people, open."""
    found = tuple(desk_of(db, keys, configured, name=name) for name in ("Trần Thu Hà", "Lò Văn B"))
    make_wave(db, keys, two_people=True)
    return found  # type: ignore[return-value]


def typed(number: int = 1) -> dict[str, str]:
    """What an officer types about somebody who is not on the roster."""
    return {"ten": f"Ma {number}", "thu": f"ma{number}@vi-du.vn", "nhom": GROUP, "co-quan": "Khác"}


def add(clerk: Clerk, number: int = 1) -> Clerk:
    clerk.open(ADD)
    form = next(each for each in clerk.forms if each.action == ADD)
    clerk.send(form, {**typed(number), "ma-xac-thuc": clerk.code()})
    return clerk


def agree(clerk: Clerk, path: str = ADD, button: str = "Xác nhận thêm người này") -> Clerk:
    clerk.open(path)
    clerk.press(button, {"ma-xac-thuc": clerk.code()})
    return clerk


def issued(db: Database) -> int:
    with db.reading() as session:
        return len(session.exec(select(Ballot)).all())


def waiting(db: Database) -> list[proposals.Waiting]:
    with db.reading() as session:
        return proposals.waiting(session, waves.load(session, CODE), db.now(session))


def of_name(db: Database, name: str) -> Respondent | None:
    with db.reading() as session:
        return session.exec(select(Respondent).where(col(Respondent.name) == name)).first()


def is_on(db: Database, id_: int) -> bool:
    with db.reading() as session:
        return session.get_one(Respondent, id_).removed_at is None


# What one officer could do alone.


@SQLITE
def test_one_officer_alone_adds_nobody(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    for number in range(1, 5):
        assert add(two[0], number).status == 200
        clock.move(minutes=1)
    assert issued(db) == 20
    assert of_name(db, "Ma 1") is None
    assert len(waiting(db)) == 4


@SQLITE
def test_one_officer_alone_takes_nobody_off_and_brings_nobody_back(
    db: Database, keys: KeyFile, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    first, _second = two
    first.open(f"{LIST}/3").send(first.form_to("/bo"), {"ma-xac-thuc": first.code()})
    assert is_on(db, 3)
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        person = session.get_one(Respondent, 4)
        corrections.remove(session, keys, wave, person, now, DOMAIN)
    clock.move(minutes=1)
    first.open(f"{LIST}/4").send(first.form_to("/khoi-phuc"), {"ma-xac-thuc": first.code()})
    assert not is_on(db, 4)


@SQLITE
def test_one_officer_alone_gives_no_ballot_to_who_has_none(
    db: Database, two: tuple[Clerk, Clerk]
) -> None:
    """Such a row comes of an earlier version, or of whoever writes to the database."""
    late = origins.person_row(1, replace(make_people(make_index(), 1)[0], email="muon@vi-du.vn"))
    with db.transaction() as session:
        session.add(person := Respondent(**late))
        session.flush()
        where = f"{LIST}/{person.id}"
    clerk = two[0].open(where)
    clerk.send(clerk.form_to("/gui-lai"))
    assert issued(db) == 20


# What two do.


def test_two_add_somebody_and_the_log_names_both_and_nobody_else(
    db: Database, two: tuple[Clerk, Clerk]
) -> None:
    first, second = two
    add(first)
    assert "Đang chờ một chuyên viên khác xác nhận" in first.text
    assert "Xác nhận thêm người này" not in first.text
    second.open("/quan-tri")
    assert second.link("Thêm Ma 1") == ADD
    second.open(LIST)
    assert second.link("Đang chờ người thứ hai: thêm 1 người") == ADD
    second.open(ADD)
    for shown in ("Ma 1", "ma1@vi-du.vn", "Khác", make_index().groups[0].name, "Trần Thu Hà"):
        assert shown in second.text
    agree(second)
    assert "Đã thêm Ma 1; thư mời đang được gửi đi." in second.text
    assert (issued(db), waiting(db)) == (21, [])
    person = of_name(db, "Ma 1")
    assert person is not None
    assert re.fullmatch(r"Trần Thu Hà <.*>, Lò Văn B <.*> xác nhận", person.added_by)
    with db.reading() as session:
        done, asked = chain.lines(session)
        assert (done.action, asked.action) == ("roster.add", "wave.propose")
        assert str(done.facts["proposed"]).startswith("Trần Thu Hà <")
        assert done.facts["request"] == asked.facts["request"]
        written = repr([line.facts for line in chain.lines(session)])
    assert "Ma 1" not in written
    assert "ma1@" not in written


def test_two_take_somebody_off_and_bring_them_back(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    first, second = two
    path = f"{LIST}/3"
    first.open(path).press("Đề nghị bỏ người này", {"ma-xac-thuc": first.code()})
    assert "Trần Thu Hà đã đề nghị bỏ người này khỏi danh sách." in first.text
    assert not [form for form in first.forms if form.action.endswith("/bo")]
    second.open("/quan-tri")
    assert second.link("Bỏ Người thứ 3 khỏi danh sách") == path
    agree(second, path, "Xác nhận bỏ người này")
    assert "Đã bỏ người này khỏi danh sách." in second.text
    assert not is_on(db, 3)
    clock.move(minutes=1)
    second.press("Đề nghị khôi phục", {"ma-xac-thuc": second.code()})
    assert not is_on(db, 3)
    agree(first, path, "Xác nhận, khôi phục và gửi thư mời")
    assert "Đã khôi phục; thư mời mới đang được gửi đi." in first.text
    assert is_on(db, 3)
    assert waiting(db) == []
    with db.reading() as session:
        lines = [line for line in chain.lines(session) if line.action.startswith("roster.")]
    assert [line.action for line in lines] == ["roster.restore", "roster.remove"]
    for line, asked, confirmed in zip(
        lines, ("Lò Văn B", "Trần Thu Hà"), ("Trần Thu Hà", "Lò Văn B"), strict=True
    ):
        assert str(line.facts["proposed"]).startswith(f"{asked} <")
        assert line.who.startswith(f"{confirmed} <")


@SQLITE
def test_several_may_wait_to_be_added_but_each_address_once(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    first, second = two
    add(first, 1)
    add(second, 2)
    clock.move(minutes=1)
    for again in ("ma1@vi-du.vn", "MA1@vi-du.vn"):
        second.open(ADD)
        form = next(each for each in second.forms if each.action == ADD)
        second.send(form, {**typed(1), "thu": again, "ma-xac-thuc": second.code()})
        assert second.refused
        assert "Trần Thu Hà đã đề nghị việc này" in second.text
        clock.move(minutes=1)
    assert [each.arguments["name"] for each in waiting(db)] == ["Ma 1", "Ma 2"]
    # Each confirms the other's: there is one button for either.
    forms = [form for form in second.open(ADD).forms if form.action.endswith("/xac-nhan")]
    assert [words(button) for form in forms for button in form.buttons] == [
        "Xác nhận thêm người này"
    ]
    agree(second)
    agree(first)
    assert (issued(db), waiting(db)) == (22, [])


@SQLITE
def test_a_proposal_to_add_can_be_taken_back_by_anybody_of_the_office(
    db: Database, two: tuple[Clerk, Clerk]
) -> None:
    first, second = two
    add(first)
    second.open(ADD)
    form = second.form_to("/rut-lai")
    second.send(form)
    assert (second.path, second.status, waiting(db)) == (ADD, 200, [])
    with db.reading() as session:
        back, asked = chain.lines(session)
    assert (back.action, back.facts) == ("wave.withdraw", asked.facts)


# What undoes or spoils it.


def confirming(clerk: Clerk) -> dict[str, list[str]]:
    """What the form of the second person would send."""
    return clerk.open(ADD).form_to("/xac-nhan").values


def post(clerk: Clerk, sent: dict[str, list[str]], path: str = f"{ADD}/xac-nhan") -> Clerk:
    fields = sent | {"ma-xac-thuc": [clerk.code()]}
    clerk.post(path, [(name, value) for name, values in fields.items() for value in values])
    return clerk


@SQLITE
def test_who_asked_does_not_confirm_with_a_form_of_their_own(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    first, second = two
    add(first)
    sent = confirming(second)
    clock.move(minutes=1)
    # The ticket is of a session and an address: the proposer has none for it.
    assert post(first, sent).refused == "Biểu mẫu này không còn dùng được"
    # Nor by the form for somebody new, as if it were the second's.
    form = next(each for each in first.open(ADD).forms if each.action == ADD)
    fields = {**typed(), "ma-xac-thuc": first.code(), "de-nghi": sent["de-nghi"][0]}
    first.post(
        ADD, [*((k, v) for k, vs in form.values.items() if k == "ve" for v in vs), *fields.items()]
    )
    assert first.refused
    assert "Việc này cần một người khác xác nhận" in first.text
    assert issued(db) == 20


@SQLITE
def test_what_is_confirmed_twice_is_done_once(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    first, second = two
    add(first)
    sent = confirming(second)
    assert post(second, sent).status == 200
    clock.move(minutes=1)
    post(second, sent)
    assert second.refused
    assert "không còn chờ" in second.text
    assert issued(db) == 21


@SQLITE
@pytest.mark.parametrize("meanwhile", ["added", "address taken", "closed", "taken back", "too old"])
def test_what_has_changed_meanwhile_is_told_and_nothing_is_done(
    db: Database,
    keys: KeyFile,
    two: tuple[Clerk, Clerk],
    clock: Clock,
    meanwhile: str,
) -> None:
    first, second = two
    add(first)
    sent = confirming(second)
    (asked,) = waiting(db)
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        if meanwhile == "added":
            person = rosterdeeds.person_of(asked)
            corrections.add(session, keys, wave, person, now, DOMAIN)
        elif meanwhile == "address taken":
            one = session.get_one(Respondent, 1)
            index, _layout = waves.index_of(wave)
            wanted = rows.person_of(index, rows.fields_of(one) | {"Email": "ma1@vi-du.vn"})
            corrections.correct(session, keys, wave, one, wanted, now, DOMAIN)
        elif meanwhile == "closed":
            closing.close(db, session, wave)
        elif meanwhile == "taken back":
            proposals.withdraw(session, wave, asked.id, now)
    if meanwhile == "too old":
        # Who has an old page open has a session that ended; a fresh one has no such form.
        clock.move(days=3)
        assert waiting(db) == []
        return
    post(second, sent)
    assert second.refused
    said = {"added": "đã thuộc một người khác", "address taken": "đã thuộc một người khác"}
    said |= {"closed": "không còn thu phiếu", "taken back": "không còn chờ"}
    assert said[meanwhile] in second.text
    assert issued(db) == 20 + (meanwhile == "added")


@SQLITE
def test_who_was_asked_for_is_not_put_in_by_a_row_that_somebody_wrote(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    first, second = two
    add(first)
    columns = "wave_id, action, arguments, staff_id, at, expires_at, mac"
    with db.transaction() as session:
        session.connection().execute(
            text(
                f"INSERT INTO proposal (id, {columns}) SELECT 77, wave_id, action,"
                " replace(arguments, 'ma1@', 'ma2@'), staff_id, at, expires_at, mac FROM proposal"
            )
        )
    assert [each.arguments["email"] for each in waiting(db)] == ["ma1@vi-du.vn"]
    sent = confirming(second)
    assert "ma2@" not in second.text
    post(second, sent | {"de-nghi": ["77"]})
    assert second.refused
    with db.transaction() as session:
        session.connection().execute(
            text("UPDATE proposal SET arguments = replace(arguments, 'ma1@', 'ma3@')")
        )
    clock.move(minutes=1)
    post(second, sent)
    assert second.refused
    assert (issued(db), waiting(db)) == (20, [])


@SQLITE
def test_who_came_after_the_launch_is_told_that_they_can_do_none_of_it(
    db: Database, keys: KeyFile, configured: Settings, two: tuple[Clerk, Clerk]
) -> None:
    late = desk_of(db, keys, configured, name="Vừa Thêm")
    add(two[0])
    late.open(ADD)
    assert "Chỉ ai đã là chuyên viên" in late.text
    assert {form.action.rpartition("/")[2] for form in late.forms} <= {"rut-lai", "dang-xuat"}
    late.open(f"{LIST}/3")
    assert not [form for form in late.forms if form.action.endswith(("/bo", "/dia-chi"))]


@SQLITE
def test_what_was_asked_about_somebody_ends_when_they_are_off_the_roster(
    db: Database, keys: KeyFile, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    first, second = two
    first.open(f"{LIST}/3").press("Đề nghị cấp lại", {"ma-xac-thuc": first.code()})
    second.open(f"{LIST}/3").press("Đề nghị bỏ người này", {"ma-xac-thuc": second.code()})
    clock.move(minutes=1)
    agree(first, f"{LIST}/3", "Xác nhận bỏ người này")
    assert not is_on(db, 3)
    assert waiting(db) == []


# In a wave of one person, and before the launch, nothing of it is asked.


@SQLITE
def test_where_one_person_is_enough_one_does_it(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_wave(db, keys)
    clerk = desk_of(db, keys, configured, name="Một Mình")
    add(clerk)
    assert "Đã thêm Ma 1" in clerk.text
    clerk.open(f"{LIST}/3").press("Bỏ người này", {"ma-xac-thuc": clerk.code()})
    assert not is_on(db, 3)
    clock.move(minutes=1)
    clerk.press("Khôi phục và gửi thư mời", {"ma-xac-thuc": clerk.code()})
    assert is_on(db, 3)
    person = of_name(db, "Ma 1")
    assert person is not None
    assert re.fullmatch(r"Một Mình <.*>", person.added_by)


# And what stays of it.


def test_a_proposal_forgets_whom_it_was_about_once_it_is_over(
    db: Database, keys: KeyFile, clock: Clock, two: tuple[Clerk, Clerk]
) -> None:
    first, second = two
    for number in (1, 2, 3):
        add(first, number)
        clock.move(minutes=1)
    agree(second)
    (taken_back, _too_old) = waiting(db)
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        proposals.propose(session, wave, deeds.address(4, "moi@vi-du.vn"), first.staff_id, now)
        proposals.propose(session, wave, deeds.void(4), first.staff_id, now)
        proposals.withdraw(session, wave, taken_back.id, now)
    rosterdeeds.forget_over(db)
    assert [len(each.arguments) > 0 for each in waiting(db)] == [True, True, True]
    assert "ma3@" in written(db)
    for gone in ("ma1@", "ma2@", "Ma 1", "Ma 2"):
        assert gone not in written(db)
    clock.move(days=3)
    rosterdeeds.forget_over(db)
    assert "@" not in written(db)
    assert waiting(db) == []


def written(db: Database) -> str:
    with db.reading() as session:
        return repr([row.arguments for row in session.exec(select(Proposal)).all()])


@SQLITE
@pytest.mark.parametrize("deed", ["remove", "restore"])
def test_the_pages_of_two_people_do_not_tell_who_has_cast(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, deed: str
) -> None:
    first, second = (desk_of(db, keys, configured, name=name) for name in ("Hà", "Sơn"))
    index = make_index()
    wave = make_wave(db, keys, index, people=4 * len(index.groups) * 4, two_people=True)
    with db.reading() as session:
        listed = people.everyone(session, id_of(wave))
        one = listed[0]
        other = next(p for p in listed[1:] if (p.group, p.agency) == (one.group, one.agency))
        name = names(session, wave)[0]
        ballot = ballots.find(session, name)
    cast_ballot(db, keys, name, make_answers(ballot, random.Random(1)))
    seen = []
    for person in (one, other):
        path, shown = f"{LIST}/{person.id}", []
        steps = [(first, "Đề nghị bỏ người này"), (second, "Xác nhận bỏ người này")]
        if deed == "restore":
            steps += [
                (second, "Đề nghị khôi phục"),
                (first, "Xác nhận, khôi phục và gửi thư mời"),
            ]
        for clerk, button in steps:
            clock.move(minutes=1)
            shown.append(plain(clerk.open(path), person))
            clerk.press(button, {"ma-xac-thuc": clerk.code()})
            shown.append(plain(clerk, person))
        seen.append(shown)
    assert seen[0] == seen[1]
    with db.reading() as session:
        kinds = [
            sorted(
                (each.kind, each.state)
                for each in session.exec(
                    select(Letter)
                    .join(Ballot, col(Ballot.number) == col(Letter.ballot_number))
                    .where(col(Ballot.respondent_id) == person.id)
                )
            )
            for person in (one, other)
        ]
    assert kinds[0] == kinds[1]


def plain(clerk: Clerk, person: Respondent) -> str:
    number = person.name.rpartition(" ")[2]
    said = clerk.text.replace(person.name, "NGƯỜI").replace(f"nguoi{number}@", "nguoi@")
    return " ".join(said.split()) + repr(sorted(sorted(form.values) for form in clerk.forms))
