"""The library of indexes: versions of a code, taken away and brought back, copied."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.index import file as indexfile
from app.index.definition import Index
from app.preparation import library
from app.preparation.library import LibraryRefused
from app.store.db import Database
from tests.making.blocks import make_index

WHEN = datetime(2026, 3, 2, tzinfo=UTC)
WHO = "Trần Thu Hà"


def keep(db: Database, index: Index) -> tuple[int, bool]:
    with db.transaction() as session:
        return library.store(session, index, "a.toml", b"...", WHO, WHEN)


def current(db: Database) -> list[tuple[int, str]]:
    with db.reading() as session:
        return [(kept.id, kept.name) for kept in library.current(session)]


def gone(db: Database) -> list[int]:
    with db.reading() as session:
        return [kept.id for kept in library.removed(session)]


def test_the_newest_of_a_code_is_the_current_one_and_older_ones_stay(db: Database) -> None:
    index = make_index("pooled")
    first, fresh = keep(db, index)
    assert fresh
    assert keep(db, index) == (first, False), "the same content makes no version"
    second, fresh = keep(db, replace(index, name="Tên mới"))
    assert fresh
    assert current(db) == [(second, "Tên mới")]
    with db.reading() as session:
        found = library.versions(session, index.code)
    assert [kept.id for kept in found] == [second, first]
    assert found[1].digest == indexfile.digest(index)


def test_what_was_kept_comes_back_whole(db: Database) -> None:
    index = make_index("two-blocks")
    id_, _fresh = keep(db, index)
    with db.reading() as session:
        found = library.find(session, id_)
        assert found is not None
        assert found[1] == index
        assert library.file_of(session, id_) == ("a.toml", b"...")
        assert library.find(session, id_ + 1) is None


def test_the_list_tells_how_much_an_index_holds(db: Database) -> None:
    index = make_index("two-blocks")
    keep(db, index)
    with db.reading() as session:
        ((_kept, size),) = library.listed(session)
    assert (size.units, size.groups) == (len(index.units), len(index.groups))
    assert size.questions == len(index.questions)
    assert (size.max_points, size.survey_points) == (index.max_points, index.survey_points)


def test_taken_away_the_one_before_is_current_and_the_last_can_be_brought_back(
    db: Database,
) -> None:
    index = make_index("pooled")
    first, _fresh = keep(db, index)
    second, _fresh = keep(db, replace(index, name="Tên mới"))
    with db.transaction() as session:
        assert library.remove(session, second, WHEN)
        assert not library.remove(session, second, WHEN), "once"
    assert current(db) == [(first, index.name)]
    assert gone(db) == [], "the code is still in use"
    with db.transaction() as session:
        library.remove(session, first, WHEN)
    assert current(db) == []
    assert gone(db) == [second]
    with db.transaction() as session:
        back = library.restore(session, first, WHO, WHEN)
    assert current(db) == [(back, index.name)]
    assert gone(db) == []


def test_a_copy_holds_the_same_under_another_code(db: Database) -> None:
    index = make_index("two-blocks")
    with db.transaction() as session:
        id_ = library.copy(session, index, "nam-sau", "Năm sau", 2025, WHO, WHEN)
        found = library.find(session, id_)
    assert found is not None
    assert found[1] == replace(index, code="nam-sau", name="Năm sau", year=2025)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("code", "name", "year", "key"),
    [
        ("", "Tên", 2026, "code"),
        ("có dấu", "Tên", 2026, "code"),
        ("a" * 65, "Tên", 2026, "code"),
        ("pooled", "Tên", 2026, "code"),  # is there
        ("khac", "", 2026, "name"),
        ("khac", "Tên", 0, "year"),
    ],
)
def test_a_copy_that_cannot_be_is_refused(
    db: Database, code: str, name: str, year: int, key: str
) -> None:
    index = make_index("pooled")
    keep(db, index)
    with db.transaction() as session, pytest.raises(LibraryRefused) as refused:
        library.copy(session, index, code, name, year, WHO, WHEN)
    assert refused.value.key == key
    assert len(current(db)) == 1
