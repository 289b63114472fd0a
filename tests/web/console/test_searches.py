"""The list of people narrowed by group, agency and letter; and the way back to it as it was."""

import io

import openpyxl
import pytest

from app.keys.keyfile import KeyFile
from app.letters import standing
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from app.waves.wave import id_of
from app.worker.sending import send_due
from tests.conftest import first_on_both
from tests.making.blocks import make_wave
from tests.making.consoles import Clerk, desk_of
from tests.making.posting import make_letters, through
from tests.making.smtp import smtp_server

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST = "/quan-tri/dot/dot-thu/danh-sach"


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return desk_of(db, keys, configured)


def listed(clerk: Clerk) -> list[str]:
    """The people of the list, and where each of them leads."""
    return [
        link.get("href", "")
        for link in clerk.tree.iter("a")
        if f"{LIST}/" in link.get("href", "") and "trang=" in link.get("href", "")
    ]


@first_on_both("how", ["da-gui", "hong", "dang-cho"])
def test_the_list_is_narrowed_by_how_the_letter_stands(
    db: Database, keys: KeyFile, configured: Settings, how: str
) -> None:
    clerk = desk_of(db, keys, configured)
    wave = make_letters(db, keys, 9)
    refused = {"nguoi1@vi-du.vn": "550 no", "nguoi2@vi-du.vn": "450 later"}
    with smtp_server(lambda at, to: refused.get(to) if at == "rcpt" else None) as server:
        send_due(db, keys, through(configured, server))
    clerk.open(f"{LIST}?thu={how}")
    with db.reading() as session:
        counted = standing.progress(session, id_of(waves.load(session, wave.code)))
    waiting = counted["waiting"] + counted["deferred"]
    counts = {"da-gui": counted["sent"], "hong": counted["failed"], "dang-cho": waiting}
    assert all(counts.values())
    assert len(listed(clerk)) == counts[how]
    assert "tìm thấy" in clerk.text
    (form,) = [f for f in clerk.forms if f.action.startswith(f"{LIST}/xuat?")]
    data = clerk.client.post(form.action, data=form.values).content
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.active.max_row == 1 + len(listed(clerk))


@SQLITE
def test_the_list_is_narrowed_by_group_and_agency(
    db: Database, keys: KeyFile, clerk: Clerk
) -> None:
    make_wave(db, keys, people=24)
    clerk.open(LIST)
    form = next(f for f in clerk.forms if "co-quan" in f.values)
    (select,) = [each for each in form.element.iter("select") if each.get("name") == "co-quan"]
    names = ["".join(option.itertext()) for option in select.iter("option")][1:]
    counts = []
    for name in names:
        clerk.open(f"{LIST}?co-quan={name}")
        counts.append(len(listed(clerk)))
    assert sum(counts) == 24
    assert len(counts) > 2
    clerk.open(f"{LIST}?co-quan={names[0]}&nhom=khong-co")
    assert "Không có ai như vậy" in clerk.text
    # A name that no agency has any more is still there to be seen and changed.
    clerk.open(f"{LIST}?co-quan=Sở cũ")
    assert next(f for f in clerk.forms if "co-quan" in f.values).values["co-quan"] == ["Sở cũ"]


@SQLITE
def test_a_search_is_kept_on_the_way_to_a_person_and_back(
    db: Database, keys: KeyFile, clerk: Clerk
) -> None:
    make_wave(db, keys, people=120)
    asked = f"{LIST}?tim=nguoi&xep=-ten&trang=2"
    clerk.open(asked)
    first = listed(clerk)[0]
    clerk.open(first)
    back = clerk.link("Về danh sách")
    assert "tim=nguoi" in back
    assert "trang=2" in back
    clerk.send(clerk.forms[0], {"ten": "Tên Khác"})
    assert (clerk.status, clerk.path) == (200, back.partition("#")[0])
    assert "Đã lưu." in clerk.tree.find(".//main/p").text  # type: ignore[union-attr, operator]
    # What is refused keeps it too.
    clerk.open(first)
    clerk.send(clerk.form_to("/dia-chi"), {"thu": "x", "ma-xac-thuc": clerk.code()})
    assert clerk.refused
    assert clerk.link("Về danh sách") == back
    clerk.send(clerk.form_to("/dia-chi"), {"thu": "x@vi-du.vn", "ma-xac-thuc": clerk.code()})
    assert clerk.path == back.partition("#")[0]
    # Who was not at the list stays with the person.
    clerk.open(first.partition("?")[0])
    clerk.send(clerk.forms[0], {"ten": "Tên Nữa"})
    assert clerk.path == first.partition("?")[0]
