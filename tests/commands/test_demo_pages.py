"""The pages of the demo: from a letter to the score table, by clicks and by commands."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from app.audit import checking
from app.ballots import ballot as ballots
from app.commands.demo.demo import application
from app.commands.demo.rehearsal import CODE, Rehearsal, rehearse
from app.papers import verify
from app.waves import closing, launch, situation
from app.waves import wave as waves
from app.worker import sending
from tests.making.booths import cast, served
from tests.making.html import Visitor, words
from tests.making.running import waiting_program

SIZES = {"hdnd": 12, "ubnd": 4, "so": 8, "phong": 12, "xa": 8}
CLOSE, UNSEAL, SCORE = "/demo/ket-thuc", "/demo/mo-hom-phieu", "/demo/tinh-diem"
FILES = ("json", "csv", "xlsx", "docx")


@pytest.fixture(scope="module")
def open_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rehearsal, str]]:
    """A demo at its first step, for tests that only look, and its address."""
    with made(tmp_path_factory.mktemp("demo")) as found:
        yield found


@contextmanager
def made(folder: Path) -> Iterator[tuple[Rehearsal, str]]:
    with (
        rehearse(folder, "http://127.0.0.1:8000", SIZES) as found,
        served(application(found)) as url,
    ):
        yield found, url


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[tuple[Rehearsal, str]]:
    """A demo of a test's own."""
    with made(tmp_path / "demo") as found:
        yield found


@pytest.fixture
def demo(request: pytest.FixtureRequest) -> Rehearsal:
    return chosen(request)[0]


@pytest.fixture
def visitor(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    with httpx.Client(base_url=chosen(request)[1], timeout=30, verify=False) as client:
        yield Visitor(client)


def chosen(request: pytest.FixtureRequest) -> tuple[Rehearsal, str]:
    """The demo of a test's own if it asks for one."""
    name = "fresh" if request.node.get_closest_marker("usefixtures") else "open_demo"
    found: tuple[Rehearsal, str] = request.getfixturevalue(name)
    return found


changes = pytest.mark.usefixtures("fresh")


def listed(visitor: Visitor) -> list[int]:
    """The numbers of the letters on the page."""
    links = [link.get("href", "") for link in visitor.tree.iter("a")]
    return [int(link.rpartition("/")[2]) for link in links if link.startswith("/demo/thu/")]


def turns(visitor: Visitor) -> list[str]:
    """Where the buttons of the page post to."""
    return [form.action for form in visitor.open("/demo").forms]


def commands(visitor: Visitor) -> list[str]:
    return [words(code) for code in visitor.open("/demo").tree.iter("code")]


def token(demo: Rehearsal, number: int) -> str:
    letter = demo.mailbox.letter(number)
    assert letter is not None
    return letter.token(demo.settings.base_url)


def has_cast(demo: Rehearsal, number: int) -> bool:
    name = demo.keys.tokens.read_link(token(demo, number))
    assert name is not None
    with demo.db.reading() as session:
        return ballots.find(session, name).cast


def test_everybody_has_a_letter_and_some_have_cast(demo: Rehearsal) -> None:
    assert {letter.recipient for letter in demo.mailbox.letters()} == set(demo.people)
    assert len(demo.mailbox.letters()) == sum(SIZES.values())
    with demo.db.reading() as session:
        status = situation.status(session, waves.load(session, CODE), demo.db.now(session))
    assert (status.state, status.issued, status.sent) == ("open", 44, 44)
    assert 0 < status.cast == demo.cast < 44
    assert (status.closes_at - status.opens_at).days in (12, 13)


@changes
def test_a_visitor_answers_casts_closes_unseals_and_sees_the_scores(
    demo: Rehearsal, visitor: Visitor
) -> None:
    number = listed(visitor.open("/demo"))[0]
    visitor.open(f"/demo/thu/{number}")
    receipt = cast(visitor.open(f"/p/{token(demo, number)}").submit())
    assert number not in listed(visitor.open("/demo"))
    for action, button in (
        (CLOSE, "Kết thúc thu phiếu"),
        (UNSEAL, "Mở hòm phiếu"),
        (SCORE, "Tính điểm"),
    ):
        no_results_yet(visitor)
        assert turns(visitor) == [action]
        visitor.submit(button=button)
        assert visitor.status == 200
        assert visitor.response.history[0].status_code == 303
        assert visitor.post(action, []).status == (200 if action == SCORE else 409)
    assert turns(visitor) == []
    assert listed(visitor) == []
    assert f"đếm được {demo.cast + 1} phiếu, 0 phiếu mất hiệu lực, 0 phiếu lạ" in visitor.text
    captions = [words(caption) for caption in visitor.tree.iter("caption")]
    assert [len(list(body)) for body in visitor.tree.iter("tbody")] == [15, 5]
    assert captions[0].startswith("Sở, ban, ngành")
    assert captions[1].startswith("Đơn vị đặc thù")
    the_files_hold_what_the_table_shows(visitor)
    assert receipt == visitor.open(f"/p/{token(demo, number)}").receipt


@changes
def test_a_visitor_works_at_the_console_as_its_officer(demo: Rehearsal, visitor: Visitor) -> None:
    visitor.open("/demo").open(visitor.link("Xem đợt này ở trang quản trị của Sở Nội vụ"))
    assert "Chưa có thư nào" in visitor.text
    code = next(words(p) for p in visitor.tree.iter("p") if p.get("id") == "ma-xac-thuc")
    visitor.submit(button=f"Vào trang quản trị với tài khoản {demo.officer.name}")
    assert visitor.path == "/quan-tri"
    assert demo.index.name in visitor.text
    visitor.open(f"/quan-tri/dot/{CODE}/ket-thuc")
    visitor.submit({"ma-xac-thuc": code})
    with demo.db.reading() as session:
        found = situation.status(session, waves.load(session, CODE), demo.db.now(session))
        checking.verify(session, demo.keys)
    assert found.state == "closed"
    visitor.open("/demo/so-noi-vu")
    assert code not in visitor.text, "a code passes once"


def no_results_yet(visitor: Visitor) -> None:
    for kind in FILES:
        assert visitor.open(f"/demo/bang-diem.{kind}").status == 409
    visitor.open("/demo")
    assert "%" not in visitor.text
    assert not list(visitor.tree.iter("table"))


def the_files_hold_what_the_table_shows(visitor: Visitor) -> None:
    shown = {
        words(row.find("th")): [words(cell) for cell in row.findall("td")]
        for body in visitor.tree.iter("tbody")
        for row in body
    }
    files = {kind: visitor.client.get(f"/demo/bang-diem.{kind}") for kind in FILES}
    for kind, file in files.items():
        assert file.status_code == 200
        name = f'attachment; filename="{CODE}.{kind}"'
        assert file.headers["content-disposition"] == name
    assert files["xlsx"].content.startswith(b"PK")
    with zipfile.ZipFile(io.BytesIO(files["docx"].content)) as report:
        assert "2021" in report.read("word/document.xml").decode(), "compared with the year before"
    assert "Sở Nội vụ" in files["csv"].text
    verify.verify(files["json"].content)
    document = json.loads(files["json"].content)
    names = {unit["code"]: unit["name"] for unit in document["index"]["content"]["units"]}
    assert any(unit["rank"] for unit in document["units"])
    for unit in document["units"]:
        rank, percent, label, points, maximum, counted = shown[names[unit["code"]]]
        assert rank == str(unit["rank"] or "*")
        least = document["index"]["content"]["rules"]["min_ballots"]
        assert label == (unit["class"] or "")
        assert counted == (f"dưới {least}" if unit["ballots"] is None else str(unit["ballots"]))
        written = [number.replace(",", ".") for number in (percent, points, maximum)]
        assert written == [unit[key] or "*" for key in ("percent", "points", "max_points")]


def test_a_step_out_of_its_turn_says_why_not_and_changes_nothing(visitor: Visitor) -> None:
    for action in (UNSEAL, SCORE):
        visitor.post(action, [])
        assert visitor.status == 409
        assert visitor.title.startswith("Lỗi:")
        assert f"Đợt {CODE} chưa" in visitor.text
    assert turns(visitor) == [CLOSE]


def test_only_letters_of_people_who_have_not_cast_are_listed(
    demo: Rehearsal, visitor: Visitor
) -> None:
    numbers = listed(visitor.open("/demo"))
    assert numbers
    assert not any(has_cast(demo, number) for number in numbers)
    groups = [words(heading) for heading in visitor.tree.iter("h3")]
    assert set(groups) <= {group.name for group in demo.index.groups}
    assert len(groups) > 2


def test_a_letter_stands_in_a_frame_that_may_do_nothing_but_follow_its_links(
    demo: Rehearsal, visitor: Visitor
) -> None:
    number = listed(visitor.open("/demo"))[0]
    visitor.open(f"/demo/thu/{number}")
    (frame,) = visitor.tree.iter("iframe")
    assert frame.get("sandbox") == "allow-top-navigation-by-user-activation"
    assert "frame-src 'self'" in visitor.response.headers["content-security-policy"]
    letter = visitor.client.get(frame.get("src", ""))
    (policy,) = letter.headers.get_list("content-security-policy")
    assert "frame-ancestors 'self'" in policy
    (style,) = re.findall(r"<style>(.*?)</style>", letter.text, re.DOTALL)
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert '<base target="_top">' in letter.text
    link = f"{demo.settings.base_url}/p/{token(demo, number)}"
    assert f'href="{link}"' in letter.text
    assert link in visitor.text, "the text part has it too"


def test_every_page_of_the_product_leads_back_to_the_steps(
    demo: Rehearsal, visitor: Visitor
) -> None:
    number = listed(visitor.open("/demo"))[0]
    letter = demo.mailbox.letter(number)
    assert letter is not None
    for path in ("/", "/quan-tri/dang-nhap", f"/p/{letter.token(demo.settings.base_url)}", "/x"):
        assert visitor.open(path).link("Về bốn bước của bản chạy thử") == "/demo"
    head = visitor.client.head("/quan-tri/dang-nhap")
    assert head.content == b""
    assert "Về bốn bước" not in visitor.client.get("/ready").text
    assert visitor.open(f"/demo/thu/{number}").text.count("Về bốn bước của bản") == 1, "in words"


def test_other_pages_keep_the_policy_of_the_product(visitor: Visitor) -> None:
    for path in ("/", "/demo"):
        (policy,) = visitor.open(path).response.headers.get_list("content-security-policy")
        assert "frame-ancestors 'none'" in policy
        assert "frame-src" not in policy


@pytest.mark.parametrize("path", ["/demo/thu/0", "/demo/thu/99999", "/demo/bang-diem.pdf"])
def test_what_is_not_there_is_404(visitor: Visitor, path: str) -> None:
    assert visitor.open(path).status == 404


def test_a_button_on_another_site_does_nothing(visitor: Visitor) -> None:
    visitor.post(CLOSE, [], headers={"sec-fetch-site": "cross-site"})
    assert visitor.status == 403
    assert turns(visitor) == [CLOSE]


def parted(line: str) -> tuple[dict[str, str], list[str]]:
    """The settings of a line, and what is said to the program that it starts."""
    parts = shlex.split(line)
    told = dict(part.split("=", 1) for part in parts if part.startswith(("PHIEU_", "PYTHON")))
    rest = parts[len(told) :]
    program = [sys.executable, "-m", "app"] if rest[0] == sys.executable else rest[:1]
    assert program[-1] == "app" or Path(program[0]).name == "phieu"
    return told, rest[len(program) :]


@changes
def test_the_printed_commands_do_the_steps_from_any_shell(
    visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A shell in which somebody works on a real wave.
    monkeypatch.setenv("PHIEU_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/real")

    def run(line: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def go_on(line: str) -> str:
        """The same of a line that differs from one that a shell ran in its last words alone."""
        told, said = parted(line)
        done = waiting_program().run(tuple(said), tmp_path, {**os.environ, **told})
        assert done.returncode == 0, done.stderr
        return done.stdout

    status, close = commands(visitor)
    assert "đang thu phiếu" in run(status)
    assert "Đã kết thúc" in go_on(close)
    (unseal,) = commands(visitor)
    assert "đếm được" in go_on(unseal)
    (score,) = commands(visitor)
    assert "Bảng điểm số 1" in go_on(score)
    check, export = commands(visitor)
    assert "đã có kết quả" in go_on(status)
    go_on(export)
    assert "20 đơn vị" in run(check)


@changes
def test_letters_of_another_shell_come_to_the_mailbox_until_the_wave_is_cancelled(
    demo: Rehearsal, visitor: Visitor
) -> None:
    number = listed(visitor.open("/demo"))[0]
    letter = demo.mailbox.letter(number)
    assert letter is not None
    with demo.db.transaction() as session:
        wave = waves.load(session, CODE)
        launch.remind(demo.db, session, demo.settings, wave, by_rule=True)
    # The worker of the served app may be at it too.
    sending.send_due(demo.db, demo.keys, demo.settings)
    got = [each for each in demo.mailbox.letters() if each.recipient == letter.recipient]
    assert [each.header("Subject").startswith("Nhắc lại") for each in got] == [False, True]
    # The newer letter takes the place of the older one; both lead to the same ballot.
    assert got[1].number in listed(visitor.open("/demo"))
    assert number not in listed(visitor)
    with demo.db.transaction() as session:
        wave = waves.load(session, CODE)
        closing.cancel(demo.db, session, demo.settings, wave, "thử")
    assert "Đợt này đã hủy" in visitor.open("/demo").text
    assert turns(visitor) == []
