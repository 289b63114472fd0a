"""Every list of names stands in the order of dictionaries, alike on both databases."""

import random
from dataclasses import replace
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text, update
from sqlmodel import col, select

from app.count import scoresheets, unsealing
from app.folders import ABOVE
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.letters import standing
from app.roster import listing, people, rows
from app.roster.file import Person
from app.scores.results import Results
from app.settings import Settings
from app.staff import accounts
from app.store.db import Database
from app.store.models import Letter, Respondent, Wave
from app.text.order import name_key, person_key
from app.waves import corrections, officers, participation
from app.waves import wave as waves
from app.waves.closing import close
from app.waves.wave import id_of
from tests.making.blocks import INDEXES, cast_all, make_index, make_people, make_wave
from tests.making.consoles import Clerk, desk_of, make_staff
from tests.making.rosters import GROUP, HEADING, PATH, drafting, put, table

DOMAIN = "vi-du.vn"
# In their right order: by the last word, then by the others; two are of one name.
NAMES = [
    *("người số 2", "Người số 2", "Người số 10", "Bùi An", "Nguyễn Văn An", "Nguyễn Văn An"),
    *("Lê Ánh", "Đỗ Ân", "Bùi Văn Dũng", "Cao Duy", "Võ Đào", "An Đạt", "Lê Đức", "Vũ Thị Hoa"),
    *("Bùi Thị Hoà", "Cao Thị Hòa", "An Hoạ", "Lý Út", "An Ưng", "Ứng"),
]
AGENCIES = ["Báo", "Công an", "Đoàn", "Phường 2", "Phường 10", "UBND xã", "Ủy ban"]


def many(index: Index, names: list[str]) -> list[Person]:
    crowd = make_people(index, 99)[: len(names)]
    return [replace(one, name=name) for one, name in zip(crowd, names, strict=True)]


def shuffled(names: list[str]) -> list[str]:
    return random.Random(7).sample(names, len(names))


def named(db: Database, wave: Wave, order: str, index: Index | None = None) -> list[listing.Listed]:
    """All pages of a list, one after the other."""
    with db.reading() as session:
        _first, total = listing.page(session, id_of(wave))
        return [
            one
            for page in range(1, listing.pages(total) + 1)
            for one in listing.page(session, id_of(wave), order=order, page=page, index=index)[0]
        ]


def agencies_of(index: Index, found: list[listing.Listed]) -> list[str]:
    return [people.agency_name(index, one.agency, one.agency_text) for one in found]


def test_people_stand_by_the_last_word_of_their_name(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=many(make_index(), shuffled(NAMES)))
    assert [one.name for one in named(db, wave, "ten")] == NAMES
    assert [one.name for one in named(db, wave, "-ten")] == NAMES[::-1]


def test_pages_hold_everybody_once_however_many_have_one_name(db: Database, keys: KeyFile) -> None:
    index = make_index()
    crowd = [
        replace(one, name=NAMES[place % 3], agency=None, agency_text=AGENCIES[place % 2])
        for place, one in enumerate(make_people(index, 170))
    ]
    wave = make_wave(db, keys, index, people=crowd)
    for order in ("", *listing.ORDERS, *(f"-{each}" for each in listing.ORDERS)):
        seen = [one.id for one in named(db, wave, order, index)]
        assert len(seen) == len(set(seen)) == len(crowd), order
        assert seen == [one.id for one in named(db, wave, order, index)]


def test_agencies_stand_by_their_name_and_units_among_them(db: Database, keys: KeyFile) -> None:
    index = make_index()
    everyone = make_people(index, len(AGENCIES) * (len(index.units) + 1))
    asked = [one for one in everyone if one.agency is None]
    typed = [
        replace(one, agency=None, agency_text=agency, name="An")
        for one, agency in zip(asked[: len(AGENCIES)], shuffled(AGENCIES), strict=True)
    ]
    units = [replace(one, name="An") for one in everyone if one.agency is not None]
    both = [replace(one, email=f"a{n}@vi-du.vn") for n, one in enumerate([*typed, *units])]
    wave = make_wave(db, keys, index, people=both)
    found = agencies_of(index, named(db, wave, "co-quan", index))
    assert set(found) == {*AGENCIES, *(unit.name for unit in index.units)}
    assert found == sorted(found, key=name_key)
    assert agencies_of(index, named(db, wave, "-co-quan", index)) == found[::-1]
    without = [one.agency_text for one in named(db, wave, "co-quan")]
    assert without == sorted(without, key=name_key)


def test_within_a_group_people_stand_by_name(db: Database, keys: KeyFile) -> None:
    index = make_index()
    wave = make_wave(db, keys, index, people=many(index, shuffled(NAMES)))
    found = named(db, wave, "nhom", index)
    places = {group.code: place for place, group in enumerate(index.groups)}
    assert found == sorted(found, key=lambda one: (places[one.group], person_key(one.name), one.id))


def test_who_is_corrected_added_or_brought_back_stands_in_order_too(
    db: Database, keys: KeyFile
) -> None:
    index = make_index()
    wave = make_wave(db, keys, index, people=many(index, ["Bùi An", "Lê Đức", "An Em"]))
    with db.transaction() as session:
        wave, now = waves.load(session, wave.code), db.now(session)
        for person in people.everyone(session, id_of(wave)):
            wanted = rows.person_of(index, rows.fields_of(person))
            if person.name == "Bùi An":
                # Corrected, and taken off and typed in again under another name.
                corrections.correct(
                    session, keys, wave, person, replace(wanted, name="An Yến"), now, DOMAIN
                )
            if person.name == "An Em":
                corrections.remove(session, keys, wave, person, now, DOMAIN)
                corrections.add(session, keys, wave, replace(wanted, name="An Ân"), now, DOMAIN)
        new = replace(wanted, name="Vũ Dung", email="moi@vi-du.vn")
        corrections.add(session, keys, wave, new, now, DOMAIN)
    right = ["An Ân", "Vũ Dung", "Lê Đức", "An Yến"]
    assert [one.name for one in named(db, wave, "ten")] == right


def test_who_got_no_letter_stands_by_name(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=many(make_index(), shuffled(NAMES)))
    with db.transaction() as session:
        session.connection().execute(update(Letter).values(state="failed"))
        assert [one.name for one in standing.failed(session, id_of(wave))] == NAMES


def test_accounts_and_the_officers_of_a_wave_stand_by_name(db: Database, keys: KeyFile) -> None:
    for name in shuffled(NAMES):
        make_staff(db, keys, "officer", name=name)
    wave = make_wave(db, keys, two_people=True)
    with db.reading() as session:
        assert [one.name for one in accounts.listed(session)] == NAMES
        assert [one.name for one in accounts.everyone(session)] == NAMES
        assert [one.name for one in officers.of(session, wave)] == NAMES


def test_who_took_part_stands_by_name(db: Database, keys: KeyFile) -> None:
    index = make_index("participation-list")
    wave = make_wave(db, keys, index, people=many(index, shuffled(NAMES)))
    cast_all(db, keys, wave)
    with db.transaction() as session:
        close(db, session, waves.load(session, wave.code))
    unsealing.unseal(db, keys, wave.code)
    with db.transaction() as session:
        wave = waves.load(session, wave.code)
        told = participation.list_them(session, wave, db.now(session))
    assert [name for name, _position, _agency in told] == NAMES


def test_agencies_of_as_many_people_stand_by_name(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = drafting(db, keys, configured)
    lines = [*shuffled(AGENCIES), "Sở Nội vụ", "Sở Nội vụ"]
    put(
        clerk,
        HEADING + "".join(f"An,a{n}@vi-du.vn,{GROUP},{a}\n" for n, a in enumerate(lines)),
    )
    with db.reading() as session:
        wave = waves.load(session, "nhap")
        found = [agency for agency, _unit, _number in people.by_agency(session, id_of(wave))]
    assert found[1:] == AGENCIES
    clerk.open(f"{PATH}/co-quan")
    assert [row[0] for row in table(clerk, "co-quan")][1:] == AGENCIES
    clerk.open(f"{PATH}/co-quan?xep=-ten")
    assert [row[0] for row in table(clerk, "co-quan") if row[0] in AGENCIES] == AGENCIES[::-1]


def test_units_of_a_ranking_stand_by_name_where_that_is_asked(db: Database, keys: KeyFile) -> None:
    content = (INDEXES / "one-list.toml").read_text()
    for old, new in (
        ("Sở Nội vụ", "Ủy ban"),
        ("Sở Tài chính", "Đài"),
        ("Văn phòng UBND tỉnh", "Dân"),
    ):
        content = content.replace(f'name = "{old}"\nblock', f'name = "{new}"\nblock')
    wave = make_wave(db, keys, indexfile.parse(content.encode()))
    cast_all(db, keys, wave)
    with db.transaction() as session:
        close(db, session, waves.load(session, wave.code))
    unsealing.unseal(db, keys, wave.code)
    with db.transaction() as session:
        document, _new = scoresheets.score(db, session, wave.code)
    (found,) = Results(document).lists("ten")
    assert [unit.name for unit in found.units] == ["Dân", "Đài", "Ủy ban"]


def test_the_keys_are_compared_byte_by_byte_whatever_the_locale(db: Database) -> None:
    if db.is_sqlite:
        return
    with db.reading() as session:
        found = session.connection().execute(
            text(
                "SELECT collation_name FROM information_schema.columns WHERE table_name ="
                " 'respondent' AND column_name IN ('name_order', 'agency_order')"
            )
        )
        assert found.scalars().all() == ["C", "C"]


def test_rosters_of_before_stand_in_the_same_order(database_url: str, tmp_path: Path) -> None:
    is_sqlite = database_url.startswith("sqlite")
    database = Database(f"sqlite:///{tmp_path / 'before.sqlite3'}" if is_sqlite else database_url)
    config = Config(toml_file=str(ABOVE / "pyproject.toml"))
    config.set_main_option("script_location", str(ABOVE / "migrations"))
    crowd = shuffled(NAMES) + [f"Người số {n}" for n in range(2500)]
    with database.engine.execution_options(phieu_write=True).begin() as connection:
        config.attributes["connection"] = connection
        if not is_sqlite:
            # The fixture's is at its head already.
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        command.upgrade(config, "0010")
        connection.execute(
            text(
                "INSERT INTO wave (id, code, index_content, index_digest, mode, two_people,"
                " opens_at, closes_at, created_at) VALUES (1, 'cu', '{}', '', 'office', false,"
                " '2026-03-01', '2026-03-09', '2026-03-01')"
            )
        )
        connection.execute(
            text(
                'INSERT INTO respondent (wave_id, name, email, email_key, "group", agency_text,'
                " position, phone, assigned) VALUES (1, :name, '', :key, 'a', :agency, '', '', '')"
            ),
            [
                {"name": name, "key": str(n), "agency": AGENCIES[n % len(AGENCIES)]}
                for n, name in enumerate(crowd)
            ],
        )
        command.upgrade(config, "0011")
        rows = connection.execute(
            select(
                col(Respondent.name),
                col(Respondent.agency_text),
                col(Respondent.name_order),
                col(Respondent.agency_order),
            ).order_by(col(Respondent.name_order), col(Respondent.id))
        ).all()
        command.downgrade(config, "0010")
        command.upgrade(config, "head")
    database.dispose()
    assert [row.name for row in rows] == sorted(crowd, key=person_key)
    assert all(row.name_order == person_key(row.name) for row in rows)
    assert all(row.agency_order == name_key(row.agency_text) for row in rows)


def by_place(clerk: Clerk, caption: str) -> list[str]:
    """The names in the first column of a table, as a browser sorts them."""
    found = next(each for each in clerk.tree.iter("table") if each.findtext("caption") == caption)
    cells = [row[0] for row in found.findall("tbody/tr")]
    cells.sort(key=lambda cell: float(cell.get("data-sort", "nan")))
    return [cell.text or cell[0].text or "" for cell in cells]


def test_a_table_that_the_browser_sorts_knows_the_places_of_names(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    content = (INDEXES / "external.toml").read_text()
    for old, new in (("Sở Nội vụ", "Đài"), ("Sở Tài chính", "Dầu khí")):
        content = content.replace(f'name = "{old}"\nblock', f'name = "{new}"\nblock')
    index = indexfile.parse(content.encode())
    wave = make_wave(db, keys, index, people=many(index, shuffled(NAMES)))
    with db.transaction() as session:
        session.connection().execute(update(Letter).values(state="failed"))
    officer = desk_of(db, keys, configured, "officer", name="Cao An")
    officer.open(f"/quan-tri/dot/{wave.code}/theo-doi")
    assert by_place(officer, "Người chưa nhận được thư mời") == NAMES
    officer.open(f"/quan-tri/dot/{wave.code}/ket-qua-khac")
    found = by_place(officer, "Tỷ lệ đã nhập")
    assert {"Dầu khí", "Đài"} <= set(found)
    assert found == sorted(found, key=name_key)
    for name in shuffled(NAMES):
        make_staff(db, keys, "officer", name=name)
    admin = desk_of(db, keys, configured, "admin", name="Ứng Ưu")
    admin.open("/quan-tri/tai-khoan")
    assert by_place(admin, "Mọi tài khoản") == sorted([*NAMES, "Cao An", "Ứng Ưu"], key=person_key)
