"""Eleven dead addresses, typed or in a file: one code of each officer, and of one alone where no
letter ever came through."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlmodel import col, select, update

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.letters import queue, unreached
from app.settings import Settings
from app.store.db import Database
from app.store.models import Letter, Respondent, Wave
from app.waves import corrections, readdressing
from app.waves import wave as waves
from app.waves.wave import id_of
from app.worker.sending import send_due
from tests.conftest import Clock
from tests.making.blocks import change_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.html import FormOf, words
from tests.making.posting import make_letters, through
from tests.making.smtp import SmtpServer, smtp_server

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST = "/quan-tri/dot/dot-thu/danh-sach"
PATH = f"{LIST}/thu-hong"
DEAD = [f"nguoi{place}@vi-du.vn" for place in range(11)]


def refusing(*dead: str) -> object:
    return lambda at, to: "550 5.1.1 unknown" if at == "rcpt" and to in dead else None


def posted(db: Database, keys: KeyFile, configured: Settings, *dead: str) -> SmtpServer:
    """Send what is due through a relay that knows some addresses not."""
    with smtp_server(refusing(*dead)) as server:  # type: ignore[arg-type]
        send_due(db, keys, through(configured, server))
    return server


@pytest.fixture
def officers(db: Database, keys: KeyFile, configured: Settings) -> tuple[Clerk, Clerk]:
    first = desk_of(db, keys, configured, name="Trần Thu Hà")
    return first, desk_of(db, keys, configured, name="Lò Văn B")


def people(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return {each.email: each.id or 0 for each in session.exec(select(Respondent))}


def deeds(db: Database) -> list[tuple[str, object]]:
    """What the log has of addresses, in order, and about whom."""
    with db.reading() as session:
        lines = [*chain.lines(session)][::-1]
    return [
        (line.action, line.facts.get("respondent"))
        for line in lines
        if line.action in ("roster.address", "wave.propose", "wave.withdraw")
    ]


def typed(db: Database, code: str, *addresses: str) -> dict[str, str]:
    """The form filled in: each of some people moves to another house."""
    ids = people(db)
    fields = {f"moi-{ids[each]}": each.replace("@", "@moi.") for each in addresses}
    return {**fields, "ma-xac-thuc": code}


def table(clerk: Clerk) -> FormOf:
    """The table of addresses; the form that narrows it leads to the same place."""
    (found,) = [f for f in clerk.forms if f.action == PATH and f.element.get("method") == "post"]
    return found


def unreached_on(clerk: Clerk) -> int:
    """How many people the page says no letter ever came to."""
    return [words(each) for each in clerk.tree.iter("span")].count("chưa thư nào tới")


def taken_by_the_relay(db: Database, *addresses: str) -> None:
    """As if these letters had been sent and come back later."""
    ids = people(db)
    with db.transaction() as session:
        for each in addresses:
            number = names(session, waves.load(session, "dot-thu"))[ids[each] - 1].number
            session.connection().execute(
                update(Letter)
                .where(col(Letter.ballot_number) == number, col(Letter.kind) == "invitation")
                .values(sent_at=db.now(session))
            )


@SQLITE
def test_eleven_addresses_that_may_have_got_a_letter_cost_two_codes(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    officers: tuple[Clerk, Clerk],
) -> None:
    make_letters(db, keys, 20, two_people=True)
    posted(db, keys, configured, *DEAD)
    taken_by_the_relay(db, *DEAD)
    first, second = officers
    first.open(f"{LIST.rpartition('/')[0]}/theo-doi")
    assert PATH in [link.get("href") for link in first.tree.iter("a")]
    first.open(PATH)
    first.send(table(first), typed(db, first.code(), *DEAD))
    assert first.status == 200, first.text
    assert "Đã ghi đề nghị đổi địa chỉ của 11 người" in first.text
    assert not [form for form in first.forms if form.action.endswith("/xac-nhan")]
    assert "Đổi địa chỉ thư của 11 người" in second.open("/quan-tri").text
    assert PATH in [link.get("href") for link in second.tree.iter("a")]
    second.open(PATH)
    assert "Trần Thu Hà đề nghị đổi địa chỉ của 11 người" in second.text
    second.send(second.form_to("/xac-nhan"), {"ma-xac-thuc": "000000"})
    assert second.refused
    assert set(DEAD) <= people(db).keys()
    second.send(second.form_to("/xac-nhan"), {"ma-xac-thuc": second.code()})
    assert second.status == 200, second.text
    assert {each.replace("@", "@moi.") for each in DEAD} < people(db).keys()
    assert "Không có thư mời nào hỏng" in second.text
    with db.reading() as session:
        told = session.exec(select(Letter.address).where(col(Letter.kind) == "moved")).all()
    assert sorted(map(str, told)) == sorted(DEAD), "each old address is told"
    ids = [people(db)[each.replace("@", "@moi.")] for each in DEAD]
    assert deeds(db) == [
        *(("wave.propose", id_) for id_ in sorted(ids)),
        *(("roster.address", id_) for id_ in sorted(ids)),
    ]
    clock.move(minutes=1)
    server = posted(db, keys, configured)
    assert {each.replace("@", "@moi.") for each in DEAD} < {k.recipient for k in server.kept}


@SQLITE
def test_where_no_letter_ever_came_through_one_officer_is_enough(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    officers: tuple[Clerk, Clerk],
) -> None:
    """And only there, and only an officer of the wave."""
    make_letters(db, keys, 20, two_people=True)
    posted(db, keys, configured, *DEAD)
    taken_by_the_relay(db, DEAD[3])
    late = desk_of(db, keys, configured)
    late.open(PATH)
    assert "Tài khoản này không đề nghị" in late.text
    ticket = table(late).values["ve"][0]
    late.post(PATH, [("ve", ticket), *typed(db, late.code(), DEAD[0]).items()])
    assert late.refused
    assert DEAD[0] in people(db)
    first, _second = officers
    first.open(PATH)
    assert unreached_on(first) == 10
    first.send(table(first), typed(db, first.code(), *DEAD))
    assert "Đã đổi địa chỉ của 10 người" in first.text
    assert "Đã ghi đề nghị đổi địa chỉ của 1 người" in first.text
    assert [address for address in DEAD if address in people(db)] == [DEAD[3]]
    # The other address is dead, too: its letter never came through either.
    clock.move(minutes=1)
    dead = DEAD[0].replace("@", "@moi.")
    posted(db, keys, configured, dead)
    first.open(f"{LIST}/{people(db)[dead]}")
    assert "nên một chuyên viên là đủ" in first.text
    first.send(first.form_to("/dia-chi"), {"thu": "dung@vi-du.vn", "ma-xac-thuc": first.code()})
    assert first.status == 200, first.text
    assert "dung@vi-du.vn" in people(db)
    # Where it did, a second one is needed as ever.
    first.open(f"{LIST}/{people(db)[DEAD[1].replace('@', '@moi.')]}")
    assert "Việc này cần hai chuyên viên" in first.text


@SQLITE
def test_what_whoever_writes_to_the_database_says_of_letters_frees_nobody(
    db: Database, keys: KeyFile, configured: Settings, officers: tuple[Clerk, Clerk]
) -> None:
    """The letter of one person was taken; its row is turned back, or gone."""
    make_letters(db, keys, 6, two_people=True)
    posted(db, keys, configured, DEAD[1])
    id_ = people(db)[DEAD[0]]
    forged = update(Letter).where(col(Letter.id) == 1)
    with db.transaction() as session:
        session.connection().execute(forged.values(state="failed", sent_at=None, error="550"))
    first, _second = officers
    first.open(PATH)
    assert unreached_on(first) == 1
    first.send(table(first), typed(db, first.code(), DEAD[0]))
    assert "cần một chuyên viên khác xác nhận" in first.text
    assert people(db)[DEAD[0]] == id_
    with db.reading() as session:
        wave = waves.load(session, "dot-thu")
        assert unreached.among(session, wave, [id_, people(db)[DEAD[1]]]) == {people(db)[DEAD[1]]}


@SQLITE
def test_a_letter_that_comes_through_later_ends_it(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    """Sent again, reminded, asked for: whichever of them a relay takes, also once its row is
    gone."""
    wave = make_letters(db, keys, 4)
    posted(db, keys, configured, *DEAD)

    def free(number: int = 4) -> set[int]:
        with db.reading() as session:
            return unreached.among(session, waves.load(session, "dot-thu"), range(1, number + 1))

    assert free() == {1, 2, 3, 4}
    with db.transaction() as session:
        wave, now = waves.load(session, "dot-thu"), db.now(session)
        corrections.resend_to(session, wave, [1, 4], now, "vi-du.vn")
        second = names(session, wave)[1].number
        queue.queue(session, id_of(wave), "reminder", [second], now, "vi-du.vn")
    clock.move(minutes=1)
    assert free() == {1, 2, 3, 4}
    posted(db, keys, configured, DEAD[3])
    assert free() == {3, 4}
    with db.transaction() as session:
        session.connection().execute(
            update(Letter).values(state="failed", sent_at=None, kind="invitation", round=Letter.id)
        )
    assert free() == {3, 4}


@SQLITE
def test_all_that_is_wrong_with_some_addresses_is_told_at_once_and_kept(
    db: Database, keys: KeyFile, configured: Settings, officers: tuple[Clerk, Clerk]
) -> None:
    make_letters(db, keys, 8, two_people=True)
    posted(db, keys, configured, *DEAD[:4])
    clerk, ids = officers[0].open(PATH), people(db)
    wrong = {
        f"moi-{ids[DEAD[0]]}": "không phải",
        f"moi-{ids[DEAD[1]]}": DEAD[7],
        f"moi-{ids[DEAD[2]]}": "mot@vi-du.vn",
        f"moi-{ids[DEAD[3]]}": "Mot@vi-du.vn",
    }
    clerk.send(table(clerk), {**wrong, "ma-xac-thuc": clerk.code()})
    assert clerk.refused
    form = table(clerk)
    assert {name: form.values[name][0] for name in wrong} == wrong
    assert "đã thuộc một người khác" in clerk.text
    assert "vừa ghi cho Người thứ 3" in clerk.text
    clerk.send(form, {**dict.fromkeys(wrong, ""), "ma-xac-thuc": "1"})
    assert "Chưa ghi địa chỉ mới nào" in clerk.text
    right = {f"moi-{ids[DEAD[0]]}": "mot@vi-du.vn"}
    clerk.send(table(clerk), {**right, "ma-xac-thuc": "000000"})
    assert clerk.refused
    assert table(clerk).values[f"moi-{ids[DEAD[0]]}"] == ["mot@vi-du.vn"]
    assert people(db) == ids
    assert deeds(db) == []


@SQLITE
def test_the_table_goes_out_as_a_file_and_comes_back_filled_in(
    db: Database, keys: KeyFile, configured: Settings, officers: tuple[Clerk, Clerk]
) -> None:
    make_letters(db, keys, 8)
    posted(db, keys, configured, *DEAD[:3])
    clerk = officers[0].open(PATH)
    answer = clerk.client.post(
        f"{PATH}/tai-ve", data={"ve": clerk.form_to("/tai-ve").values["ve"][0]}
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book.active[1]][3:] == ["Địa chỉ cũ", "Lý do", "Địa chỉ mới"]
    for row, email in ((2, "a@vi-du.vn"), (4, "c@vi-du.vn")):
        book.active.cell(row, 6).value = email
    out = io.BytesIO()
    book.save(out)
    bad = "Họ và tên;Email mới\nAi đó;d@vi-du.vn\nNgười thứ 2;sai\n".encode()
    form = table(clerk)
    clerk.upload(form, {"tep": ("moi.csv", bad)}, {"ma-xac-thuc": "1"})
    assert clerk.refused
    assert "Dòng 2:" in clerk.text
    assert "Không có trong bảng những người chưa nhận được thư" in clerk.text
    assert "Dòng 3:" in clerk.text
    form = table(clerk)
    clerk.upload(form, {"tep": ("moi.xlsx", out.getvalue())}, {"ma-xac-thuc": clerk.code()})
    assert "Đã đổi địa chỉ của 2 người" in clerk.text
    assert {"a@vi-du.vn", "c@vi-du.vn", DEAD[1]} < people(db).keys()


@SQLITE
def test_who_is_in_a_proposal_is_in_no_other_and_taken_off_ends_it(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, officers: tuple[Clerk, Clerk]
) -> None:
    make_letters(db, keys, 8, two_people=True)
    posted(db, keys, configured, *DEAD[:4])
    taken_by_the_relay(db, *DEAD[:4])
    (first, second), ids = officers, people(db)
    first.open(PATH)
    first.send(table(first), typed(db, first.code(), *DEAD[:2]))
    second.open(f"{LIST}/{ids[DEAD[0]]}")
    assert "cùng nhiều người khác" in second.text
    assert not [form for form in second.forms if form.action.endswith("/dia-chi")]
    # Another proposal for others is another thing.
    second.open(PATH)
    second.send(table(second), typed(db, second.code(), DEAD[2]))
    assert second.status == 200, second.text
    assert [action for action, _id in deeds(db)] == ["wave.propose"] * 3
    clock.move(minutes=1)
    first.open(f"{LIST}/{ids[DEAD[1]]}")
    first.send(first.form_to("/bo"), {"ma-xac-thuc": first.code()})
    second.open(f"{LIST}/{ids[DEAD[1]]}")
    second.send(second.form_to("/bo"), {"ma-xac-thuc": second.code()})
    with db.reading() as session:
        wave = waves.load(session, "dot-thu")
        left = readdressing.waiting_for(session, wave, db.now(session))
    assert left == {ids[DEAD[2]]: DEAD[2].replace("@", "@moi.")}


@SQLITE
def test_a_table_with_nobody_says_what_it_is_for_and_a_closed_wave_that_it_is_over(
    db: Database, keys: KeyFile, configured: Settings, officers: tuple[Clerk, Clerk]
) -> None:
    make_letters(db, keys, 8)
    assert "Không có thư mời nào hỏng" in officers[0].open(PATH).text
    posted(db, keys, configured, *DEAD[:2])
    form = table(officers[0].open(PATH))
    with db.reading() as session:
        wave: Wave = waves.load(session, "dot-thu")
    change_wave(db, wave, closes_at=wave.opens_at + timedelta(hours=1))
    officers[0].send(form, typed(db, officers[0].code(), DEAD[0]))
    assert officers[0].refused
    assert "không đổi được nữa" in officers[0].text
