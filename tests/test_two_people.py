"""What takes two people: one asks, another confirms just that, within three days."""

from datetime import timedelta

import pytest

from app import audit, launch, proposals, waves
from app.db import Database
from app.keys import KeyFile
from app.models import Wave
from app.settings import Settings
from app.waves import WaveRefused
from app.web.console.cookies import cookie_name
from tests.conftest import Clock
from tests.consoles import Clerk, desk_of, new_session
from tests.making import make_index, make_people

BASE = "/quan-tri/dot/dot-thu"
PATH = f"{BASE}/gia-han"
Two = tuple[Clerk, Clerk]


@pytest.fixture
def two(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Two:
    """Two officers of a wave that wants both, an hour after its closing."""
    index, now = make_index(), clock()
    with db.transaction() as session:
        wave = waves.new(session, "dot-thu", index, now, now + timedelta(hours=1), now)
        waves.import_roster(session, wave, make_people(index))
        launch.launch(db, session, keys, configured, wave, two_people=True)
    clock.move(hours=2)
    first = desk_of(db, keys, configured, name="Trần Thu Hà")
    return first, desk_of(db, keys, configured, name="Lò Văn Sơn")


def wave_of(db: Database) -> Wave:
    with db.reading() as session:
        return waves.load(session, "dot-thu")


def propose(clerk: Clerk, day: str = "2026-03-09") -> None:
    clerk.open(PATH).submit({"ngay": day, "gio": "17:00", "ma-xac-thuc": clerk.code()})
    assert "Cần một chuyên viên khác xác nhận" in clerk.response.text, clerk.text


def deeds(db: Database) -> list[str]:
    with db.reading() as session:
        return [line.action for line in audit.lines(session, wave="dot-thu")][::-1]


def test_a_wave_opens_again_by_two_people_and_never_by_one(db: Database, two: Two) -> None:
    first, second = two
    propose(first)
    assert "hạn mới 17 giờ 00, thứ Hai ngày 09/3/2026" in first.text
    assert "Xác nhận gia hạn" not in first.text
    second.open(PATH)
    assert "Trần Thu Hà đề nghị gia hạn" in second.text
    assert "Hạn mới: 17 giờ 00, thứ Hai ngày 09/3/2026" in second.text
    # The hidden field of the second one's form in the hand of the first.
    ticket = first.open(PATH).form_to("/rut-lai")
    asked = proposals_of(db)[0].id
    first.open(PATH)
    assert [form.action for form in first.forms] == [ticket.action], "nothing to confirm with"
    second.submit({"ma-xac-thuc": "000000"}, "Xác nhận gia hạn")
    assert second.status == 422
    second.submit({"ma-xac-thuc": second.code()}, "Xác nhận gia hạn")
    assert "Hạn gửi mới: 17 giờ 00, thứ Hai ngày 09/3/2026" in second.text
    wave = wave_of(db)
    assert wave.closed_at is None
    assert f"{wave.closes_at:%d.%m. %H:%M}" == "09.03. 10:00"
    assert deeds(db) == ["wave.propose", "wave.extend"]
    assert asked not in [each.id for each in proposals_of(db)]


def proposals_of(db: Database) -> list[proposals.Waiting]:
    with db.reading() as session:
        wave = waves.load(session, "dot-thu")
        return proposals.waiting(session, waves.id_of(wave), db.now(session))


def confirm(db: Database, action: str, number: int, staff_id: int) -> None:
    with db.transaction() as session:
        wave = waves.load(session, "dot-thu")
        proposals.confirm(session, wave, action, number, staff_id, db.now(session))


def test_a_proposal_is_for_one_thing_one_other_person_and_three_days(
    db: Database, two: Two, clock: Clock
) -> None:
    first, second = two
    propose(first)
    (asked,) = proposals_of(db)
    for action, number, who, words in (
        ("unseal", asked.id, second.staff_id, "không còn chờ"),
        ("void", asked.id, second.staff_id, "không còn chờ"),
        ("extend", asked.id, first.staff_id, "một người khác"),
        ("extend", asked.id + 1, second.staff_id, "không còn chờ"),
    ):
        with pytest.raises(WaveRefused, match=words):
            confirm(db, action, number, who)
    clock.move(days=3)
    with pytest.raises(WaveRefused, match="quá ba ngày"):
        confirm(db, "extend", asked.id, second.staff_id)
    assert not proposals_of(db)


def test_who_agreed_to_extend_has_not_agreed_to_open_the_urn(
    db: Database, keys: KeyFile, two: Two
) -> None:
    """The second one's form for the urn, with the number of the other proposal in it."""
    first, second = two
    propose(first)
    (asked,) = proposals_of(db)
    second.open(f"{BASE}/mo-hom-phieu")
    form = second.form_to("/mo-hom-phieu").values
    fields = [("ve", form["ve"][0]), ("de-nghi", str(asked.id)), ("ma-xac-thuc", second.code())]
    second.post(f"{BASE}/mo-hom-phieu", fields)
    assert second.status == 422
    assert "không còn chờ" in second.text
    assert wave_of(db).unsealed_at is None
    assert keys.has_wave("dot-thu")


def test_a_proposal_is_taken_back_and_made_anew(db: Database, two: Two, clock: Clock) -> None:
    first, second = two
    propose(first)
    second.open(PATH)
    old = second.form.values
    first.open(PATH).send(first.form_to("/rut-lai"))
    assert "Đã rút đề nghị" in first.response.text
    clock.move(minutes=1)
    fields = [(name, values[0]) for name, values in old.items() if name != "ma-xac-thuc"]
    second.post(PATH, [*fields, ("ma-xac-thuc", second.code())])
    assert second.status == 422
    assert "đã rút" in second.text
    assert wave_of(db).closes_at < clock()
    propose(first, "2026-03-10")
    assert deeds(db) == ["wave.propose", "wave.withdraw", "wave.propose"]


def test_after_three_days_anybody_begins_again(
    db: Database, two: Two, configured: Settings, clock: Clock
) -> None:
    first, second = two
    propose(first)
    clock.move(days=3, minutes=1)
    second.client.cookies.set(cookie_name(configured), new_session(db, second.staff_id))
    propose(second, "2026-03-11")
    assert [each.staff_name for each in proposals_of(db)] == ["Lò Văn Sơn"]


def test_of_two_proposals_the_one_left_over_confuses_nobody(
    db: Database, two: Two, configured: Settings, keys: KeyFile, clock: Clock
) -> None:
    first, second = two
    third = desk_of(db, keys, configured, name="Giàng A Páo")
    third.open(PATH)
    propose(first)
    # This page was drawn before there was a proposal.
    third.submit({"ngay": "2026-03-12", "gio": "", "ma-xac-thuc": third.code()})
    assert len(proposals_of(db)) == 2
    second.open(PATH).submit({"ma-xac-thuc": second.code()}, "Xác nhận gia hạn")
    clock.move(minutes=1)
    second.open(PATH)
    assert "Giàng A Páo" not in second.text
    second.submit({"ngay": "2026-03-13", "gio": "", "ma-xac-thuc": second.code()}, "Gia hạn")
    assert "hết thứ Sáu" in second.text, "open again, one person is enough"
