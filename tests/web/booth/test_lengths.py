"""How long pages are tells nothing of what was answered: whoever listens sees lengths, TLS or not.

Each ballot is filled in anew again and again, and everything that it sends is measured as it leaves
the real server, headers and all.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.ballots.page import COMMENTS, REVIEW, UNITS, Page
from app.ballots.questionnaire import questionnaire
from app.index import file as indexfile
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import COMMENT_SIGNS, Answers, DraftState
from app.settings import Settings
from app.store.db import Database
from app.web.booth.ballotpages import asked
from app.web.padding import Padding
from tests.conftest import Clock
from tests.making.blocks import INDEXES, LAI_CHAU
from tests.making.booths import Booth, open_booth
from tests.making.html import parse

# Each of these has what a ballot can have; the other indexes of the program have no more of it.
FILES = [LAI_CHAU, *sorted(INDEXES.glob("*.toml"))]
# What one letter of it takes on the page: from one byte to five.
LETTERS = ["a", "ế", "𝒳", "&", "<", '"', "'", "\n", " "]
MOODS = ["all", "nothing", "alike", "one", "anything"]
# The first fillings are the ends of what there is, one after the other: nothing and everything,
# comments as long as can be of each letter. What comes after them is anything.
FILLINGS = 24
FORM = "application/x-www-form-urlencoded"
AUTOSAVE = {"x-phieu-autosave": "1"}


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock, in_turn=True) as booth:
        yield booth


@dataclass
class Listener:
    """Sends one ballot's requests and notes how long every answer to them is."""

    booth: Booth
    name: BallotName
    lengths: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self.line = HTTPConnection(self.booth.url.removeprefix("http://"))
        self.cookie = f"phieu={self.booth.keys.tokens.cookie(self.name)}"
        self.set_aside = ""
        with self.booth.db.transaction() as session:
            found = ballots.find(session, self.name)
            now = self.booth.db.now(session)
            drafts.start(session, self.booth.keys, found, now)
        self.ballot = found

    def fill(self, state: DraftState) -> None:
        """Put a draft where the booth would, in one step."""
        booth = self.booth
        with booth.db.transaction() as session:
            now = booth.db.now(session)
            drafts.change(session, booth.keys, self.ballot, now, lambda _before: state)

    def ask(
        self, path: str, fields: list[tuple[str, str]] | None = None, **headers: str
    ) -> tuple[int, str]:
        """The status and the body; the whole answer's length is noted."""
        headers = {"cookie": self.cookie + self.set_aside, **headers}
        if fields is None:
            self.line.request("GET", path, headers=headers)
        else:
            headers["content-type"] = FORM
            self.line.request("POST", path, urlencode(fields), headers)
        response = self.line.getresponse()
        body = response.read()
        around = sum(len(name) + len(value) for name, value in response.getheaders())
        kind = " autosave" if "x-phieu-autosave" in headers else ""
        kind += " two versions" if self.set_aside else ""
        cookie = response.getheader("set-cookie", "")
        if cookie.startswith("phieu-lai="):
            self.set_aside = f"; {cookie.partition(';')[0]}"
        leads = response.getheader("location", "")
        seen = f"{path} {response.status}{kind} {leads}".strip()
        self.lengths[seen].add(around + len(body))
        return response.status, body.decode()

    def settle(self) -> None:
        """Forget what was set aside."""
        self.set_aside = ""

    def close(self) -> None:
        self.line.close()

    def told(self) -> dict[str, list[int]]:
        """Whatever came in more than one length."""
        return {seen: sorted(found) for seen, found in self.lengths.items() if len(found) > 1}


def a_text(chance: random.Random, turn: int, most: int = COMMENT_SIGNS) -> str:
    """A comment, often of one sign all over."""
    if turn < len(LETTERS):
        return LETTERS[turn] * most
    letters = chance.choice([[letter] for letter in LETTERS] + [LETTERS] * 3)
    return "".join(chance.choices(letters, k=chance.choice([0, 1, most, chance.randrange(most)])))


def a_filling(
    chance: random.Random, page: Page, turn: int, most: int = COMMENT_SIGNS
) -> dict[str, str]:
    """A page filled in: all, nothing, all alike, or anything."""
    if page.code == COMMENTS:
        made = {name: a_text(chance, turn, most) for name in page.fields}
        return {name: text for name, text in made.items() if text.strip()}
    mood = MOODS[turn] if turn < len(MOODS) else chance.choice(MOODS)
    if page.code == UNITS:
        share = {"all": 1.0, "nothing": 0.0}.get(mood, 0.5)
        return {unit.code: "" for unit in page.offered if chance.random() < share}
    said = {}
    for place, name in enumerate(page.items):
        values = sorted(page.fields[name] or ())
        pick = values[0] if mood == "alike" else chance.choice(values)
        left = mood == "nothing" or (mood == "one" and place) or chance.random() < 0.4
        if mood in ("all", "alike") or not left:
            said[name] = pick
            if (levels := page.several.get(name)) and pick != "-":
                most = page.index.question_of[page.items[name][0]].most or 1
                number = most if mood == "all" else chance.randint(1, most)
                said[name] = "".join(sorted(chance.sample(levels[:-1], number), key=levels.index))
    return said


# What differs from one filling to the next, but for words that stand in a text area.
FILLED = re.compile(r' checked|<!--.*?-->|(?<=name="\.phieu" value=")[^"]*', re.DOTALL)


@cache
def _read(text: str) -> None:
    parse(text)


def read(text: str) -> None:
    """A page that is not valid fails; one that differs by what is ticked alone is read once."""
    _read(FILLED.sub("", text))


def fields_of(page: Page, said: dict[str, str], ticket: str) -> list[tuple[str, str]]:
    if page.code == UNITS:
        return [(".phieu", ticket), *(("units", code) for code in said)]
    ticks = [(n, tick) for n, ticked in said.items() if n in page.several for tick in ticked]
    others = [(name, value) for name, value in said.items() if name not in page.several]
    return [(".phieu", ticket), *others, *ticks]


def ticket_of(body: str) -> str:
    found = re.search(r'name="\.phieu" value="([^"]+)"', body)
    assert found
    return found[1]


def pages_of(person: Listener, chosen: frozenset[str] | None) -> list[Page]:
    sheet = questionnaire(asked(person.ballot, DraftState(units=chosen)))
    return [page for code in sheet.codes if (page := sheet.page(code))]


def a_draft(
    chance: random.Random, pages: list[Page], chosen: frozenset[str] | None, turn: int
) -> DraftState:
    """A ballot filled in; on some pages what lacks was pointed out, some were left behind."""
    told = [frozenset(page.code for page in pages if chance.random() < 0.5) for _mark in "pl"]
    state = DraftState(units=chosen, pointed_out=told[0], passed=told[1])
    for page in pages:
        said = a_filling(chance, page, turn)
        if page.code == COMMENTS:
            state = replace(state, answers=replace(state.answers, comments=said))
        elif page.code != UNITS:
            levels = {page.items[name]: level for name, level in said.items()}
            state = replace(state, answers=Answers({**state.answers.levels, **levels}))
    return state


def listeners(booth: Booth, path: Path, groups: int = 1) -> Iterator[Listener]:
    """Somebody of each of some groups of an index."""
    index = indexfile.parse(path.read_bytes())
    _wave, people = booth.wave(index, people=len(index.groups), code=path.stem)
    for name in people[-groups:]:
        with closing(Listener(booth, name)) as person:
            yield person


def chooses(path: Path) -> bool:
    return indexfile.parse(path.read_bytes()).rules.choose_units


def some_units(chance: random.Random, person: Listener) -> frozenset[str] | None:
    """Where units are chosen, about half of them."""
    if not person.ballot.index.rules.choose_units:
        return None
    offered = questionnaire(asked(person.ballot)).offered
    return frozenset(unit.code for unit in offered if chance.random() < 0.5) or frozenset(
        [offered[0].code]
    )


# Lengths do not turn on SQL.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
of_every_index = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@on_sqlite
@of_every_index
def test_no_page_tells_by_its_length_what_was_answered(booth: Booth, path: Path) -> None:
    chance = random.Random(path.stem)
    for person in listeners(booth, path, groups=2):
        chosen = some_units(chance, person)
        pages = pages_of(person, chosen)
        codes = [*(page.code for page in pages), REVIEW, "cac-phan"]
        start = booth.link(person.name)
        paths = [*(f"/phieu/{code}" for code in codes), start]
        for filling in range(FILLINGS):
            person.fill(a_draft(chance, pages, chosen, filling))
            for where in paths:
                status, body = person.ask(where)
                assert status == 200
                if filling < 3:
                    read(body)
        assert person.told() == {}
        assert len(person.lengths) == len(paths)


@on_sqlite
@of_every_index
def test_no_answer_to_a_form_tells_by_its_length_what_was_filled_in(
    booth: Booth, path: Path
) -> None:
    """Pages that point out what was left open, and what the script of a page is told."""
    chance = random.Random(path.stem)
    for person in listeners(booth, path):
        chosen = some_units(chance, person)
        pages = pages_of(person, chosen)
        for page in pages:
            for filling in range(FILLINGS):
                person.fill(a_draft(chance, pages, chosen, chance.randrange(FILLINGS)))
                ticket = ticket_of(person.ask(f"/phieu/{page.code}")[1])
                said = a_filling(chance, page, filling, chance.choice([200, COMMENT_SIGNS]))
                fields = fields_of(page, said, ticket)
                status, _body = person.ask(f"/phieu/{page.code}", fields)
                assert status == 303
                # Pointed out or not, the page itself is as long as ever.
                status, body = person.ask(f"/phieu/{page.code}")
                if filling < 3:
                    read(body)
                if page.code == UNITS:
                    continue
                ticket = ticket_of(person.ask(f"/phieu/{page.code}")[1])
                said = a_filling(chance, page, filling)
                fields = fields_of(page, said, ticket)
                status, _body = person.ask(f"/phieu/{page.code}", fields, **AUTOSAVE)
                assert status == 200
        assert person.told() == {}


@on_sqlite
@of_every_index
def test_the_question_between_two_versions_tells_by_its_length_nothing_of_either(
    booth: Booth, path: Path
) -> None:
    chance = random.Random(path.stem)
    for person in listeners(booth, path):
        chosen = some_units(chance, person)
        pages = pages_of(person, chosen)
        for page in pages:
            for filling in range(FILLINGS // 2):
                person.fill(a_draft(chance, pages, chosen, chance.randrange(FILLINGS)))
                ticket = ticket_of(person.ask(f"/phieu/{page.code}")[1])
                person.fill(a_draft(chance, pages, chosen, filling))
                if page.code == UNITS:
                    person.fill(DraftState(units=some_units(chance, person)))
                turn = chance.randrange(FILLINGS)
                fields = fields_of(page, a_filling(chance, page, turn), ticket)
                status, body = person.ask(f"/phieu/{page.code}", fields)
                assert status == (303 if person.set_aside or status == 303 else 409)
                if person.set_aside:
                    status, body = person.ask(f"/phieu/{page.code}")
                    assert (status, 'id="loi"' in body) == (200, True)
                    person.settle()
                if filling < 3 and body:
                    read(body)
            for seen in (f"/phieu/{page.code} 409", f"/phieu/{page.code} 200 two versions"):
                assert len(person.lengths[seen]) <= 1, (seen, person.lengths[seen])
            assert page.code == COMMENTS or person.lengths[seen]


@on_sqlite
@pytest.mark.parametrize("path", [path for path in FILES if chooses(path)], ids=lambda p: p.stem)
def test_the_page_of_units_tells_by_its_length_nothing_of_what_is_ticked(
    booth: Booth, path: Path
) -> None:
    chance = random.Random(path.stem)
    for person in listeners(booth, path):
        (page, *_others) = pages_of(person, None)
        offered = [unit.code for unit in page.offered]
        numbers = [0, 1, len(offered), *chance.choices(range(len(offered)), k=FILLINGS)]
        for number in numbers:
            ticked = chance.sample(offered, number)
            person.fill(DraftState(units=frozenset(ticked)))
            person.ask("/phieu/co-quan")
        assert person.told() == {}


@on_sqlite
@pytest.mark.parametrize("path", [path for path in FILES if chooses(path)], ids=lambda p: p.stem)
def test_answers_about_units_unticked_elsewhere_are_not_told_by_length(
    booth: Booth, path: Path
) -> None:
    chance = random.Random(path.stem)
    for person in listeners(booth, path):
        offered = questionnaire(asked(person.ballot)).offered
        everybody = frozenset(unit.code for unit in offered)
        kept = frozenset([offered[0].code])
        for page in pages_of(person, everybody)[1:-1]:
            for filling in range(FILLINGS // 2):
                person.fill(DraftState(units=everybody))
                ticket = ticket_of(person.ask(f"/phieu/{page.code}")[1])
                person.fill(a_draft(chance, pages_of(person, kept), kept, filling))
                said = dict.fromkeys(page.items, "-")
                while not _about(page, said) - kept or len(said) == len(page.items):
                    said = a_filling(chance, page, FILLINGS)
                status, _body = person.ask(f"/phieu/{page.code}", fields_of(page, said, ticket))
                assert status == 303
                assert person.ask(f"/phieu/{page.code}")[0] == 200
                person.settle()
            assert len(person.lengths[f"/phieu/{page.code} 200 two versions"]) == 1


def _about(page: Page, said: dict[str, str]) -> set[str]:
    """The units that something was said about."""
    return {page.items[name][1] for name in said}


@on_sqlite
@of_every_index
def test_a_review_that_is_outdated_tells_by_its_length_nothing(booth: Booth, path: Path) -> None:
    chance = random.Random(path.stem)
    for person in listeners(booth, path):
        chosen = some_units(chance, person)
        pages = pages_of(person, chosen)
        for filling in range(FILLINGS // 2):
            person.fill(before := a_draft(chance, pages, chosen, filling))
            ticket = ticket_of(person.ask("/phieu/xem-lai")[1])
            other = before
            while other.answers == before.answers:
                other = a_draft(chance, pages, chosen, chance.randrange(FILLINGS))
            person.fill(other)
            assert person.ask("/phieu/xem-lai", [(".phieu", ticket)])[0] == 303
            assert "Phiếu chưa được gửi" in person.ask("/phieu/xem-lai")[1]
            person.settle()
        assert person.told() == {}


@on_sqlite
def test_a_comment_that_is_too_long_has_one_of_few_lengths(booth: Booth) -> None:
    (path,) = [path for path in FILES if path.stem == "comments"]
    chance = random.Random(7)
    for person in listeners(booth, path):
        page = pages_of(person, None)[-1]
        for length in chance.choices(range(2001, 4000), k=FILLINGS):
            ticket = ticket_of(person.ask("/phieu/gop-y")[1])
            said = a_filling(chance, page, FILLINGS)
            said |= {chance.choice(list(page.fields)): "x" * length}
            fields = fields_of(page, said, ticket)
            assert person.ask("/phieu/gop-y", fields)[0] == 303
            assert 'id="loi"' in person.ask("/phieu/gop-y")[1]
            assert person.ask("/phieu/gop-y", fields, **AUTOSAVE)[0] == 422
        assert person.told() == {}


def test_what_fills_a_page_up_is_of_the_length_that_lacks() -> None:
    for short in (0, 1, 70, 65_535, 65_536, 200_000):
        padding = Padding()
        padding.short = short
        assert len(padding.comment()) == len("<!---->") + short
        assert padding.comment().count("-->") == 1


def test_a_part_that_is_longer_than_it_should_be_takes_the_next_of_few_lengths() -> None:
    """An error in what a part may take costs one more length, never a page."""
    ends = set()
    for taken in range(1, 400):
        padding = Padding()
        padding.within("&" * taken, 100)
        ends.add(5 * taken + padding.short)
    assert ends == {100, 200, 400, 800, 1600, 3200}
