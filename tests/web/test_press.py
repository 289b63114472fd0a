"""A score sheet for everybody: released by the council, and nothing told before."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.audit import chain
from app.count import releasing, scoresheets, unsealing
from app.keys.keyfile import KeyFile
from app.language import decimal
from app.papers.export import Document, to_csv, to_json
from app.settings import Settings
from app.store.db import Database
from app.store.resultmodels import PressRelease
from app.waves import deeds, proposals
from app.waves import wave as waves
from app.waves.proposals import Second
from app.web.console.desk.cookies import cookie_name
from tests.conftest import Clock
from tests.making.consoles import Clerk, desk_of, new_session, stranger
from tests.making.html import parse, words
from tests.waves.test_summons import read
from tests.web.console.test_results import BASE, CODE, close_wave, rows, scored_wave

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE, DESK = f"/ket-qua/{CODE}", f"{BASE}/cong-bo"


@dataclass
class Office:
    """A wave with a sheet, somebody of the council, and a browser of nobody."""

    document: Document
    council: Clerk
    public: Clerk


@pytest.fixture
def office(db: Database, keys: KeyFile, configured: Settings) -> Office:
    document = scored_wave(db, keys, "two-blocks")
    council = desk_of(db, keys, configured, "council", name="Nguyễn Thị C")
    return Office(document, council, passer_by(db, keys, configured))


def passer_by(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    """A browser of nobody; what the test client takes apart once is not to be packed."""
    found = stranger(db, keys, configured)
    found.client.headers["accept-encoding"] = "identity"
    return found


def confirmed(clerk: Clerk, button: str) -> Clerk:
    return clerk.open(DESK).press(button, {"ma-xac-thuc": clerk.code()})


def release(db: Database, sheet: int, staff_id: int) -> None:
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        releasing.release(session, wave, sheet, staff_id, "ai đó", db.now(session))


def test_a_released_sheet_is_a_page_for_everybody_until_it_is_taken_back(
    office: Office, db: Database, keys: KeyFile, clock: Clock
) -> None:
    document, public = office.document, office.public
    unknown = public.open("/ket-qua/khong-co")
    assert unknown.status == 404
    said = unknown.response.content
    for path in (PAGE, f"{PAGE}.json", f"{PAGE}.csv"):
        got = public.client.get(path)
        assert (got.status_code, got.content) == (404, said)
    council = confirmed(office.council, "Công bố")
    assert "Đã công bố." in council.text
    assert PAGE in council.text
    page = public.client.get(PAGE)
    tree, tag = parse(page.text), page.headers["etag"]
    assert "set-cookie" not in page.headers
    ranked = [table for table in tree.iter("table") if len(rows(table)[0]) > 2]
    first = {row[1]: row for table in ranked for row in rows(table)}
    for unit in document["units"]:
        name = next(
            each["name"]
            for each in document["index"]["content"]["units"]
            if each["code"] == unit["code"]
        )
        assert first[name][0] == str(unit["rank"] or "*")
        assert first[name][2] == (decimal(unit["percent"]) if unit["percent"] else "*")
    assert document["digest"] in page.text
    assert not [*tree.iter("form"), *tree.iter("script")]
    assert public.client.get(PAGE, headers={"If-None-Match": tag}).status_code == 304
    assert public.client.get(f"{PAGE}.json").content == to_json(document)
    assert public.client.get(f"{PAGE}.csv").content == to_csv(document)
    clock.now += timedelta(minutes=2)
    confirmed(council, "Rút công bố")
    assert public.client.get(PAGE, headers={"If-None-Match": tag}).status_code == 404
    with db.reading() as session:
        log = [each.action for each in chain.lines(session, "press", CODE)]
    assert log == ["press.take-back", "press.release"]


def test_a_new_sheet_is_not_shown_before_it_is_released_too(
    office: Office, db: Database, clock: Clock
) -> None:
    council = confirmed(office.council, "Công bố")
    with pytest.raises(waves.WaveRefused, match="mới nhất là số 1"):
        release(db, 2, council.staff_id)
    assert "Công bố" not in [words(b) for form in council.open(DESK).forms for b in form.buttons]
    assert council.open(f"{DESK}/xem-truoc").status == 200
    assert "chưa công bố" in council.text


def test_only_the_council_releases(
    office: Office, db: Database, keys: KeyFile, configured: Settings
) -> None:
    officer = desk_of(db, keys, configured).open(DESK)
    assert "Việc này của Hội đồng." in officer.text
    council = office.council.open(DESK)
    form = council.form_to("/cong-bo")
    assert {"bang", "ma-xac-thuc"} <= form.values.keys()
    council.press("Công bố", {"ma-xac-thuc": "000000"})
    assert "Mã xác thực không đúng" in council.text
    assert office.public.open(PAGE).status == 404


@pytest.mark.parametrize("what", ["made up", "changed", "gone"])
def test_what_somebody_wrote_into_the_database_releases_nothing(
    office: Office, db: Database, clock: Clock, what: str
) -> None:
    if what == "made up":
        with db.transaction() as session:
            wave = waves.load(session, CODE)
            row = PressRelease(
                wave_id=waves.id_of(wave), sheet=1, released_at=db.now(session), released_by="x"
            )
            session.add(row)
        assert office.public.open(PAGE).status == 404
        assert "sửa ngoài hệ thống" in office.council.open(DESK).text
        confirmed(office.council, "Rút công bố")
        clock.now += timedelta(minutes=2)
        confirmed(office.council, "Công bố")
        assert office.public.client.get(PAGE).status_code == 200
        return
    confirmed(office.council, "Công bố")
    with db.transaction() as session:
        if what == "changed":
            session.connection().execute(update(PressRelease).values(sheet=7))
        else:
            session.delete(session.scalars(select(PressRelease)).one())
    assert office.public.open(PAGE).status == 404


def test_a_rehearsal_is_never_released(db: Database, keys: KeyFile, configured: Settings) -> None:
    scored_wave(db, keys, rehearsal=True)
    council = desk_of(db, keys, configured, "council").open(DESK)
    assert "không công bố được gì" in council.text
    with pytest.raises(waves.WaveRefused, match="tập dượt"):
        release(db, 1, council.staff_id)


def test_where_two_people_are_needed_another_one_of_the_council_confirms(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    officer, other = (desk_of(db, keys, configured, name=name) for name in ("Hà", "Bình"))
    asks, confirms = (
        desk_of(db, keys, configured, "council", name=name) for name in ("Chi", "Dũng")
    )
    close_wave(db, keys, "pooled", CODE, 24, two_people=True, rehearsal=False)
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        number = proposals.propose(
            session, wave, deeds.unseal(wave), officer.staff_id, db.now(session)
        )
    unsealing.unseal(db, keys, CODE, second=Second(number, other.staff_id))
    with db.transaction() as session:
        scoresheets.score(db, session, CODE)
    public = passer_by(db, keys, configured)
    assert "Đã ghi đề nghị" in confirmed(asks, "Đề nghị công bố").text
    ((name, subject, text),) = read(db, keys, configured, "release")
    assert (name, CODE in subject) == ("Dũng", True)
    assert "Chi vừa đề nghị công bố bảng điểm số 1" in text
    assert f"{configured.base_url}{DESK}" in text
    assert "Cần một người khác của Hội đồng" in asks.open(DESK).text
    assert "Cần một người khác của Hội đồng" in officer.open(DESK).text
    with pytest.raises(waves.WaveRefused, match="người khác"):
        release(db, 1, asks.staff_id)
    assert public.open(PAGE).status == 404
    clock.now += releasing.LASTS
    for each in (officer, confirms):
        each.sit_down(cookie_name(configured), new_session(db, each.staff_id))
    assert "Đề nghị công bố" in officer.open(DESK).text  # the first is too old
    confirmed(officer, "Đề nghị công bố")
    assert "Đã công bố." in confirmed(confirms, "Xác nhận và công bố").text
    assert public.client.get(PAGE).status_code == 200
