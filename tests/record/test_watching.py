"""`phieu watch` against whoever rewrites history: each tampering is named by its entry."""

import contextlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands import record as commands
from app.record import checking, entries, fetching, watching
from app.record.checking import NotRecord
from app.record.entries import Document, Entry
from app.record.fetching import NotFetched
from app.record.watching import NotKept

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY, OTHER, LATER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
ADDRESS = "https://vi-du.vn/cong-khai/dot-thu"
CODE = "sha256:" + "a" * 64


def facts(key: Ed25519PrivateKey) -> list[tuple[str, dict[str, Any]]]:
    launch = {
        "wave": "dot-thu",
        "key": entries.public(key),
        "index": CODE,
        "mode": "office",
        "two_people": True,
        "issued": 1611,
        "opens_at": "2026-03-02T08:00:00+07:00",
        "closes_at": "2026-03-10T00:00:00+07:00",
        "urn_key": entries.public(OTHER),
    }
    closed = {"closed_at": "2026-03-10T00:00:00+07:00", "urn": CODE}
    opened = {"void": 1, "foreign": 0, "receipts": CODE, "tally": CODE}
    return [
        ("launch", launch),
        ("issue", {"count": 3}),
        ("extend", {"closes_at": "2026-03-12T00:00:00+07:00"}),
        ("close", {**closed, "cast": 1204, "not_cast": 410}),
        ("void", {"count": 2}),
        ("reopen", {"until": "2026-03-13T00:00:00+07:00"}),
        ("close", {**closed, "cast": 1203, "not_cast": 411}),
        ("unseal", {**opened, "counted": 1203}),
        ("score", {"sheet": 1, "digest": CODE}),
        ("score", {"sheet": 2, "digest": CODE}),
    ]


def made(
    said: list[tuple[str, dict[str, Any]]], key: Ed25519PrivateKey = KEY, top: str = ""
) -> Document:
    """A record that somebody signs who has the key, whatever it says."""
    there: list[Entry] = []
    signer = key
    for place, (what, each) in enumerate(said):
        at = NOW + timedelta(days=place)
        before = there[-1] if there else None
        there.append(entries.make(signer, "dot-thu", before, at, what, each))
        if what == "key":
            signer = LATER
    return entries.document("dot-thu", top or entries.public(key), there)


SOUND = made(facts(KEY))


def look(folder: Path, document: object) -> watching.Seen:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return watching.watch(ADDRESS, folder, NOW, lambda _address: data)


def edited(got: Document) -> None:
    got["entries"][3]["facts"]["cast"] += 1


def edited_with_its_digest(got: Document) -> None:
    edited(got)
    got["entries"][3]["digest"] = entries.digest_of(got["entries"][3])


def dropped(got: Document) -> None:
    del got["entries"][3]


def inserted(got: Document) -> None:
    more = deepcopy(got["entries"][2])
    got["entries"].insert(3, more)


def reordered(got: Document) -> None:
    there = got["entries"]
    there[3], there[4] = there[4], there[3]


def cut(got: Document) -> None:
    del got["entries"][3:]


def key_swapped(got: Document) -> None:
    got["key"] = entries.public(OTHER)


def signed_anew(got: Document) -> None:
    got |= made(facts(OTHER), OTHER)


def rewritten(got: Document) -> None:
    said = facts(KEY)
    said[3][1]["urn"] = "sha256:" + "b" * 64
    got |= made(said)


def key_changed_without_an_entry(got: Document) -> None:
    entry = got["entries"][3]
    seal = OTHER.sign(entries.signed("dot-thu", entry["digest"]))
    entry["signature"] = entries.base64_of(seal)


KEPT = [  # what was done, which entry is named: None for the key at the top
    (edited, 3),
    (edited_with_its_digest, 3),
    (dropped, 3),
    (inserted, 3),
    (reordered, 3),
    (cut, 3),
    (key_swapped, None),
    (signed_anew, None),
    (rewritten, 3),
    (key_changed_without_an_entry, 3),
]


@pytest.mark.parametrize(("how", "named"), KEPT, ids=lambda each: getattr(each, "__name__", ""))
def test_a_changed_history_is_named_and_kept_beside_what_was_kept(
    tmp_path: Path, how: Callable[[Document], None], named: int | None
) -> None:
    assert look(tmp_path, SOUND).wrong == ()
    before = (tmp_path / "dot-thu.json").read_bytes()
    got = deepcopy(SOUND)
    how(got)
    seen = look(tmp_path, got)
    assert seen.wrong[0].entry == named
    assert (tmp_path / "dot-thu.json").read_bytes() == before
    assert json.loads(seen.kept.read_bytes()) == got
    assert seen.kept != tmp_path / "dot-thu.json"
    # The next look is as if nothing had been.
    assert look(tmp_path, SOUND).wrong == ()


# What a first look finds without anything kept before.
ALONE = [each for each in KEPT if each[0] not in (cut, signed_anew, rewritten)]


@pytest.mark.parametrize("how", [how for how, _named in ALONE], ids=lambda how: how.__name__)
def test_a_wrong_record_is_named_at_the_first_sight(
    tmp_path: Path, how: Callable[[Document], None]
) -> None:
    got = deepcopy(SOUND)
    how(got)
    seen = look(tmp_path, got)
    assert seen.wrong
    assert not (tmp_path / "dot-thu.json").exists()


def other(place: int, **values: object) -> list[tuple[str, dict[str, Any]]]:
    said = facts(KEY)
    said[place] = (said[place][0], {**said[place][1], **values})
    return said


def without(*places: int) -> list[tuple[str, dict[str, Any]]]:
    return [each for place, each in enumerate(facts(KEY)) if place not in places]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (other(0, issued=1610), 3),  # issued is not cast and not cast
        (other(3, not_cast=411), 3),
        (other(1, count=0), 1),
        (other(7, counted=1204), 7),  # a ballot too many after the closing
        (other(7, counted=1202), 7),
        (other(9, sheet=3), 9),
        (other(0, wave="dot-khac"), 0),
        (other(0, key=entries.public(OTHER)), 0),
        (other(8, note="x"), 8),
        (without(5), 5),  # closed twice
        (without(3, 4, 5, 6), 3),  # opened before the closing
        (without(7), 7),  # a sheet of an urn that was not opened
        (without(0)[:1] + facts(KEY), 1),  # a launch in the middle
        ([*facts(KEY), facts(KEY)[7]], 10),  # opened twice
        ([*facts(KEY), ("reopen", {"until": "2026-03-13T00:00:00+07:00"})], 10),
        ([*facts(KEY)[:3], ("cancel", {}), facts(KEY)[3]], 4),
        ([*facts(KEY)[:1], ("party", {})], 1),
    ],
)
def test_what_cannot_be_is_named_though_rightly_signed(
    tmp_path: Path, said: list[tuple[str, dict[str, Any]]], named: int
) -> None:
    assert look(tmp_path, made(said)).wrong[0].entry == named


def test_a_record_grows_and_changes_its_key_in_the_open(tmp_path: Path) -> None:
    said = [*facts(KEY)[:4], ("key", {"key": entries.public(LATER)}), *facts(KEY)[4:]]
    assert look(tmp_path, made(said[:4])).first
    seen = look(tmp_path, made(said))
    assert (seen.wrong, [each["what"] for each in seen.new][:2]) == ((), ["key", "void"])
    assert look(tmp_path, made(said)).new == ()
    # What the key before signs after it is not believed.
    forged = made(said)
    forged["entries"][-1]["signature"] = entries.base64_of(
        KEY.sign(entries.signed("dot-thu", forged["entries"][-1]["digest"]))
    )
    assert look(tmp_path / "new", forged).wrong[0].entry == len(said) - 1


def test_a_record_of_trustees_is_a_record(tmp_path: Path) -> None:
    said = facts(KEY)
    launch = {name: value for name, value in said[0][1].items() if name != "urn_key"}
    three = [entries.public(key) for key in (KEY, OTHER, LATER)]
    said[0] = ("launch", {**launch, "mode": "committee", "trustees": three, "need": 2})
    assert look(tmp_path, made(said)).wrong == ()
    said[0] = ("launch", {**said[0][1], "need": 3})
    assert look(tmp_path / "new", made(said)).wrong[0].entry == 0


@settings(max_examples=40)
@given(st.data())
def test_no_single_change_of_a_record_passes(data: st.DataObject) -> None:
    got = deepcopy(SOUND)
    entry = data.draw(st.sampled_from(got["entries"]))
    place: Any = data.draw(st.sampled_from([entry, entry["facts"]]))
    name = data.draw(st.sampled_from(sorted(place)))
    old = place[name]
    if isinstance(old, dict):
        place[name] = {}
    elif isinstance(old, str):
        where = data.draw(st.integers(0, len(old) - 1))
        sign = data.draw(st.sampled_from("0123456789abcdefXYZ+=").filter(lambda s: s != old[where]))
        place[name] = old[:where] + sign + old[where + 1 :]
    else:
        place[name] = old + 1 if type(old) is int else not old
    with contextlib.suppress(NotRecord):
        assert checking.check(checking.read(json.dumps(got).encode()))


SHEET = {
    "units": [
        {
            "code": "snv",
            "criteria": [
                {"code": "1", "questions": [{"code": "q1", "counts": {"a": {"A": 3, "-": 0}}}]},
                {"code": "2", "percent": "80"},
            ],
            "choices": [{"code": "m2", "answers": {"a": 3}, "counts": {"a": {"X": 2}}}],
        }
    ],
    "choices": [{"code": "m1", "answers": None, "counts": None}],
}


def test_another_number_of_a_sheet_is_another_tally() -> None:
    seen = {entries.tally_of_sheet(SHEET)}
    for path in (
        ("units", 0, "criteria", 0, "questions", 0, "counts", "a", "A"),
        ("units", 0, "criteria", 0, "questions", 0, "counts", "a", "-"),
        ("units", 0, "choices", 0, "counts", "a", "X"),
    ):
        changed: Any = deepcopy(SHEET)
        *way, last = path
        place = changed
        for step in way:
            place = place[step]
        place[last] += 1
        seen.add(entries.tally_of_sheet(changed))
    changed = deepcopy(SHEET)
    changed["choices"][0]["counts"] = {"a": {"X": 0}}
    assert len(seen | {entries.tally_of_sheet(changed)}) == 5


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"<html>", b"\xff", b"[" * 100_000, b'{"format": "phieu.scores/1"}', b"NaN"),
        json.dumps(SOUND).encode().replace(b'"wave"', b'"wave": "x", "wave"', 1),
        json.dumps({**SOUND, "entries": {}}).encode(),
        json.dumps({**SOUND, "key": 1}).encode(),
    ],
    ids=lambda data: data[:12].decode("ascii", "replace"),
)
def test_what_is_no_record_is_said_otherwise_and_kept_nowhere(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(NotRecord):
        look(tmp_path, data)
    assert list(tmp_path.iterdir()) == []


def test_a_kept_record_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "dot-thu.json").write_text("x")
    with pytest.raises(NotKept, match="đừng xóa"):
        look(tmp_path, SOUND)
    assert (tmp_path / "dot-thu.json").read_text() == "x"


def test_addresses_are_those_of_a_record_over_https_or_of_this_machine() -> None:
    for right in (ADDRESS, ADDRESS + ".json", ADDRESS + "/", ADDRESS + "?x=1"):
        assert fetching.json_address(right) == ADDRESS + ".json"
    assert fetching.json_address("http://127.0.0.1:8000/cong-khai/a").endswith("/a.json")
    for wrong in (
        *("http://vi-du.vn/cong-khai/a", "ftp://vi-du.vn/cong-khai/a", "https:///cong-khai/a"),
        *("https://vi-du.vn/", "https://vi-du.vn/cong-khai/", "https://a@vi-du.vn/cong-khai/a"),
        *("https://vi-du.vn:x/cong-khai/a", "a.json", "https://vi-du.vn/cong-khai/.json"),
    ):
        with pytest.raises(NotFetched):
            look_at(wrong)


def look_at(address: str) -> object:
    return watching.watch(address, Path("unused"), NOW, lambda _address: b"")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind = self.path.rpartition("/")[2].removesuffix(".json")
            body = {"dot-thu": json.dumps(SOUND).encode(), "dai": b"x" * 5000}.get(kind, b"x")
            self.send_response({"khong-co": 404, "di": 302}.get(kind, 200))
            if kind == "di":
                self.send_header("Location", "/cong-khai/dot-thu.json")
            self.send_header("Content-Length", str(len(body) + (kind == "cut")))
            self.end_headers()
            if kind != "im":
                self.wfile.write(body)
            else:
                stalled.wait(5)

        def log_message(self, *_args: object) -> None:
            return

    stalled = threading.Event()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as made:
        made.daemon_threads = True
        threading.Thread(target=lambda: made.serve_forever(0.02), daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}/cong-khai"
        stalled.set()
        made.shutdown()


def test_a_record_is_fetched_whole_in_time_from_where_it_was_asked_for(server: str) -> None:
    assert json.loads(fetching.fetch(f"{server}/dot-thu.json")) == SOUND
    for kind, words in (
        ("khong-co", "404"),
        ("di", "302"),
        ("dai", "quá"),
        ("cut", "giữa chừng"),
        ("im", "Không lấy được|giữa chừng"),
    ):
        with pytest.raises(NotFetched, match=words):
            fetching.fetch(f"{server}/{kind}.json", seconds=0.2, most=4096)
    with pytest.raises(NotFetched, match="Không lấy được"):
        fetching.fetch("http://127.0.0.1:1/cong-khai/a.json")


def test_the_command_says_what_is_new_and_shouts_when_history_changed(
    tmp_path: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.watch(f"{server}/dot-thu", tmp_path)
    assert "10 mục, đúng cả" in capsys.readouterr().out
    commands.watch(f"{server}/dot-thu.json", tmp_path)
    assert "Không có gì mới" in capsys.readouterr().out
    other = made([*facts(KEY), ("score", {"sheet": 3, "digest": CODE})])
    (tmp_path / "dot-thu.json").write_bytes(entries.to_json(other))
    with pytest.raises(SystemExit) as ended:
        commands.watch(f"{server}/dot-thu", tmp_path)
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "SỔ CÔNG KHAI SAI" in said
    assert "Mục 10" in said
    with pytest.raises(SystemExit) as ended:
        commands.watch(f"{server}/khong-co", tmp_path)
    assert ended.value.code == 1
    assert "SỔ CÔNG KHAI SAI" not in capsys.readouterr().err


def test_the_sample_of_the_docs_is_a_record() -> None:
    page = (Path(__file__).parents[2] / "docs" / "record.md").read_text("utf-8")
    sample = page.split("```json\n")[1].split("```")[0].encode()
    found = checking.read(sample)
    assert (len(found["entries"]), checking.check(found)) == (5, [])
    assert entries.to_json(found) == sample
