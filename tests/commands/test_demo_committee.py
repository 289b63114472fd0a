"""`phieu demo --committee`: the visitor is two of three trustees, then the officer who counts."""

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from app.audit import chain, checking
from app.commands.demo import demo as program
from app.commands.demo import names
from app.commands.demo.demo import application
from app.commands.demo.rehearsal import CODE, Rehearsal, rehearse
from app.commands.demo.trustees import PEOPLE
from app.commands.main import app
from app.keys import phrase
from app.text.cleaning import folded
from app.waves import situation
from app.waves import wave as waves
from app.worker import sending
from tests.making.consoles import InProcess
from tests.making.holders import Holder
from tests.making.html import Visitor, words

SIZES = {"hdnd": 12, "ubnd": 4, "so": 8, "phong": 12, "xa": 8}
CLOSE, UNSEAL, SCORE = "/demo/ket-thuc", "/demo/mo-hom-phieu", "/demo/tinh-diem"
NAMES = [name for name, _position in PEOPLE]


@contextmanager
def shown(folder: Path, committee: bool = True) -> Iterator[tuple[Rehearsal, Visitor]]:
    with rehearse(folder, "http://127.0.0.1:8000", SIZES, committee=committee) as demo:
        transport = InProcess(application(demo))
        with httpx.Client(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield demo, Visitor(client)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[tuple[Rehearsal, Visitor]]:
    with shown(tmp_path / "demo") as found:
        yield found


def papers_on(visitor: Visitor) -> dict[str, str]:
    """Name → phrase, as the page shows them."""
    found = {}
    for section in visitor.open("/demo").tree.iter("section"):
        papers = [each for each in section.iter("b") if each.get("class") == "phrase"]
        if papers:
            (name,) = [each for each in section.iter("b") if each.get("class") == "name"]
            found[words(name)] = words(papers[0])
    return found


def state(demo: Rehearsal) -> str:
    with demo.db.reading() as session:
        return situation.status(session, waves.load(session, demo.code), demo.db.now(session)).state


def opens_as(visitor: Visitor, name: str, written: str) -> None:
    """What the script of a trustee's page does with a phrase."""
    path = visitor.open("/demo").link(f"Mở trang của {name}")
    given = visitor.client.post(f"{path}/phan-khoa.json", headers=visitor.from_here).text
    holder = Holder("", phrase.private_key(phrase.read(written), CODE))
    visitor.client.post(
        path,
        data={"buoc": "open"},
        files={"tep": ("mo.json", holder.opened(given))},
        headers=visitor.from_here,
    )


def refused(visitor: Visitor) -> str:
    assert visitor.post(UNSEAL, []).status == 409
    (panel,) = [each for each in visitor.tree.iter("div") if each.get("role") == "alert"]
    return words(panel)


def test_one_share_opens_nothing_and_the_refusal_names_who_is_missing(
    made: tuple[Rehearsal, Visitor],
) -> None:
    demo, visitor = made
    assert papers_on(visitor) == {}, "their turn comes after the closing"
    visitor.post(CLOSE, [])
    papers = papers_on(visitor)
    assert list(papers) == NAMES
    said = refused(visitor)
    assert "mới có 0 người" in said
    assert all(name in said for name in NAMES)
    first, second, third = NAMES
    opens_as(visitor, second, papers[second])
    said = refused(visitor)
    assert "mới có 1 người" in said
    assert first in said
    assert third in said
    assert second not in said
    assert state(demo) == "closed"
    opens_as(visitor, first, papers[first])
    visitor.open("/demo").submit(button="Mở hòm phiếu")
    assert state(demo) == "unsealed"
    told = visitor.open("/demo").text
    assert f"phần khóa của: {first}; {second}." in told
    visitor.submit(button="Tính điểm")
    assert f"đếm được {demo.cast} phiếu, 0 phiếu mất hiệu lực, 0 phiếu lạ" in visitor.text


def test_the_log_says_who_did_what_in_its_order(made: tuple[Rehearsal, Visitor]) -> None:
    demo, visitor = made
    visitor.post(CLOSE, [])
    for name, written in list(papers_on(visitor).items())[1:]:
        opens_as(visitor, name, written)
    for action in (UNSEAL, SCORE):
        assert visitor.post(action, []).status == 200
    with demo.db.reading() as session:
        checking.verify(session, demo.keys)
        log = chain.lines(session, wave=CODE)[::-1]
    assert [line.action for line in log] == [
        *("wave.new", "roster.import", "trustees.name"),
        *["trustees.key"] * 3,
        *["trustees.tried"] * 3,
        *("wave.launch", "wave.appraised", "wave.close"),
        *["trustees.given", "trustees.shares"] * 2,
        *("wave.unseal", "wave.score", "wave.whole"),
    ]
    theirs = [line for line in log if not line.action.startswith("trustees.")]
    assert {line.who for line in theirs} == {demo.officer.who}


def test_trustees_get_the_letters_of_a_real_wave(made: tuple[Rehearsal, Visitor]) -> None:
    demo, visitor = made
    recipients = {letter.recipient for letter in demo.mailbox.letters()}
    assert recipients == {*demo.people, *(paper.email for paper in demo.papers)}
    assert len(demo.papers) == 3
    visitor.post(CLOSE, [])
    sending.send_due(demo.db, demo.keys, demo.settings)
    for paper in demo.papers:
        got = [each for each in demo.mailbox.letters() if each.recipient == paper.email]
        subjects = [letter.header("Subject").partition(" (")[0] for letter in got]
        assert subjects == ["Mời tạo khóa hòm phiếu", "Mời mở thử hòm phiếu", "Mời mở hòm phiếu"]
        visitor.open(f"/demo/thu/{got[-1].number}")
        assert paper.name in visitor.text
        # The link of the letter is that of the button, and can be pressed.
        assert visitor.link(f"{demo.settings.base_url}{paper.path}").endswith(paper.path)
        assert got[-1].number in [
            int(link.get("href", "").rpartition("/")[2])
            for link in visitor.open("/demo").tree.iter("a")
            if link.get("href", "").startswith("/demo/thu/")
        ]


def test_the_paper_lies_beside_the_page_of_its_trustee_alone(
    made: tuple[Rehearsal, Visitor],
) -> None:
    demo, visitor = made
    for paper in demo.papers:
        visitor.open(paper.path)
        assert visitor.link("Về bốn bước của bản chạy thử") == "/demo#buoc-3"
        assert [each.phrase in visitor.text for each in demo.papers] == [
            each is paper for each in demo.papers
        ]
    assert not any(paper.phrase in visitor.open("/").text for paper in demo.papers)


def test_no_respondent_shares_an_address_with_a_trustee() -> None:
    for tongue in (names.VIETNAMESE, names.LAI_CHAU, names.INDONESIAN, names.ENGLISH):
        words_of = {folded(word) for sex in tongue.givens.values() for word in sex.split()}
        words_of |= {folded(word) for word in tongue.families.split()}
        assert not words_of & {folded(name).split()[-1] for name in NAMES}


def test_the_demo_of_an_office_has_no_trustees(tmp_path: Path) -> None:
    with shown(tmp_path, committee=False) as (demo, visitor):
        assert demo.papers == ()
        for action in (CLOSE, UNSEAL):
            page = visitor.open("/demo")
            assert "ủy viên" not in page.text
            assert "/giu-khoa/" not in page.response.text
            assert page.post(action, []).status == 200
        assert "khóa của hòm phiếu đã bị xóa" in visitor.text


def test_the_printed_commands_do_what_the_page_of_a_trustee_does(
    made: tuple[Rehearsal, Visitor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, visitor = made
    monkeypatch.setenv("PHIEU_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/real")
    visitor.post(CLOSE, [])
    lines = [words(code) for code in visitor.open("/demo").tree.iter("code")]
    assert [shlex.split(line)[-5] for line in lines[:9:3]] == ["shares"] * 3

    def run(line: str, typed: str = "") -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=tmp_path,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    # Each takes two seconds to begin with; the other trustee has a browser.
    last = demo.papers[2]
    shares, opens, back = lines[6:9]
    run(shares)
    assert f"Đã mở {demo.cast} trong" in run(opens, last.phrase + "\n")
    assert f"khớp {demo.cast} phiếu" in run(back)
    # Whoever has opened is not asked any more.
    assert shares not in [words(code) for code in visitor.open("/demo").tree.iter("code")]
    opens_as(visitor, demo.papers[0].name, demo.papers[0].phrase)
    assert "đếm được" in run(lines[9])
    assert state(demo) == "unsealed"


def test_the_terminal_tells_of_the_trustees_and_prints_the_same_commands(
    made: tuple[Rehearsal, Visitor], capsys: pytest.CaptureFixture[str]
) -> None:
    demo, _visitor = made
    capsys.readouterr()
    program._welcome(demo)
    told = capsys.readouterr().out
    assert "hai trong ba ủy viên giữ khóa" in told
    assert len([line for line in told.splitlines() if " wave " in line]) == 4
    assert "--committee" in CliRunner().invoke(app, ["demo", "--help"]).stdout
