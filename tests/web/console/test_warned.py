"""Nothing odd in an index is launched unseen: each warning is kept by somebody, or mended."""

from datetime import timedelta

import pytest

from app.audit import chain
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.preparation import drafts, steps
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.conftest import first_on_both
from tests.making.blocks import INDEXES, make_people
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words

PAGE = "/quan-tri/dot/nhap/phat-phieu"
KEEP = "Đã xem, giữ như vậy"
SIXTY = b"weight = 60}"
FEW = (b"[[blocks]]", b"[rules]\nmin_ballots = 3\n\n[[blocks]]")


def odd(*changes: tuple[bytes, bytes]) -> Index:
    data = (INDEXES / "pooled.toml").read_bytes()
    for before, after in changes:
        assert before in data
        data = data.replace(before, after, 1)
    return indexfile.parse(data)


def sixty() -> Index:
    """60 for 60 %, and cells that show three people."""
    return odd((b"weight = 1}", SIXTY), FEW)


def draft(db: Database, index: Index) -> None:
    with db.transaction() as session:
        opens = db.now(session) + timedelta(days=1)
        wave = waves.new(session, "nhap", index, opens, opens + timedelta(days=9), db.now(session))
        waves.import_roster(session, wave, make_people(index, 8))


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    draft(db, sixty())
    return desk_of(db, keys, configured, name="Trần Thu Hà").open(PAGE)


def lines(clerk: Clerk) -> list[str]:
    return [words(each) for each in clerk.tree.iter("li") if "Quy tắc" in words(each)] + [
        words(each) for each in clerk.tree.iter("li") if "% số điểm" in words(each)
    ]


@first_on_both("first", [0])
def test_each_warning_stops_the_launch_until_somebody_keeps_it(
    clerk: Clerk, db: Database, keys: KeyFile, first: int
) -> None:
    few, weights = lines(clerk)
    assert "6.000 % số điểm" in weights
    assert all("Chưa đạt." in line and KEEP in line for line in (few, weights))
    clerk.press(KEEP)
    few, weights = lines(clerk)
    assert "Nên xem." in few
    assert "Trần Thu Hà, " in few
    assert "Chưa đạt." in weights
    clerk.press(KEEP)
    assert all("Nên xem." in line for line in lines(clerk))
    assert KEEP not in clerk.text
    with db.reading() as session:
        said = [line.facts for line in chain.lines(session, "wave.keep-warning")]
    assert len(said) == 2
    assert any("6.000 % số điểm" in str(facts) for facts in said)


@first_on_both("code", ["khac"])
def test_what_was_kept_of_one_index_is_asked_again_of_another(
    clerk: Clerk, db: Database, code: str
) -> None:
    clerk.press(KEEP).press(KEEP)
    with db.transaction() as session:
        wave = waves.load(session, "nhap")
        kept = steps.of(session, id_of(wave)).warned
        drafts.drop(session, wave)
    other = odd((b"weight = 1}", b"weight = 61}"), FEW)
    draft(db, other)
    with db.transaction() as session:
        row = steps.of(session, id_of(waves.load(session, "nhap")))
        row.warned = kept
        steps.keep(session, row)
    assert all("Chưa đạt." in line for line in lines(clerk.open(PAGE)))


def test_a_row_that_is_not_ours_keeps_nothing(clerk: Clerk, db: Database) -> None:
    for spoilt in ("", "[]", "null", '"x"', "[" * 10_000):
        with db.transaction() as session:
            row = steps.of(session, id_of(waves.load(session, "nhap")))
            row.warned = spoilt
            steps.keep(session, row)
        assert clerk.open(PAGE).text.count(KEEP) == 2
