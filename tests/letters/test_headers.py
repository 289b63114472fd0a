"""The head of every letter: short lines, short encoded words, and the text that was put in."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.keys.keyfile import KeyFile
from app.letters import headers, mail
from app.letters.senders import Sender
from app.letters.texts import Wording
from app.settings import Settings
from app.staff import letters, outbox
from app.store.db import Database
from app.waves import staffmail
from tests.letters.test_mail import NASTY, NOW, letter, make_facts, make_letterhead
from tests.making.posting import make_letters
from tests.waves.test_staffmail import somebody

SYLLABLES = [
    *("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Vũ", "Đặng", "Ự", "Lò", "Thị", "Văn"),
    *("Hường", "Quỳnh", "Ngọc", "Ánh", "Đỗ", "Ỷ", "A", "Kpă", "Y-Bhiu", "H'Hen", "Niê", "𝒱"),
    *(",", ";", "“Sở”", "=", "?", "_", "=?utf-8?q?a?=", "(UBND)", "<x@y.vn>"),
]
names = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=40).map(" ".join)
ends = st.sampled_from(["", " ", "  "])
# The long one of the report: many short words, and a blank at its end.
LONG = "Nguyễn Văn A " * 14


def head_of(wire: bytes) -> list[str]:
    return wire.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def faults(lines: list[str]) -> Iterator[str]:
    """What in a head is longer than it may be. A link or an address longer than a line by itself
    has no place to fold."""
    for line in lines:
        is_one_piece = re.fullmatch(r"([\w-]+:)? <[!-~]{74,}>", line)
        if len(line) > 76 and not is_one_piece:
            yield line
        yield from (word for word in re.findall(r"=\?\S*\?=", line) if len(word) > 75)


def words_of(lines: list[str], name: str) -> str:
    """The encoded words of a field, as RFC 2047 reads them."""
    field = "\r\n".join(lines).replace("\r\n ", " ")
    (value,) = re.findall(rf"(?m)^{name}: (.*?)(?: <[^ ]*>)?\r?$", field)
    for word in re.findall(r"=\?utf-8\?[bq]\?[^?]*\?=", value):
        # No sign of several octets is split between two words.
        str(make_header(decode_header(word)))
    return str(make_header(decode_header(value)))


def read(wire: bytes) -> EmailMessage:
    message = email.message_from_bytes(wire, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


@given(name=names, end=ends, kind=st.sampled_from(["invitation", "reminder", "cancellation"]))
@example(name=LONG, end="", kind="invitation")
@example(name="Ự" * 300, end=" ", kind="reminder")
def test_every_line_and_word_of_a_letters_head_is_short_and_reads_back(
    name: str, end: str, kind: str
) -> None:
    head = make_letterhead(
        sender=Sender("phieu@vi-du.vn", name + end, "cchc@vi-du.vn"),
        wording=Wording(subjects={kind: f"Mời {name}"[:150]}),
    )
    wire = letter(head, name=name + end, kind=kind)
    lines = head_of(wire)
    subject = mail.form_of(make_facts(kind=kind), head.index, "", head.wording).subject
    assert list(faults(lines)) == []
    assert words_of(lines, "To") == name + end
    assert words_of(lines, "From") == name + end
    message = read(wire)
    assert message["Subject"] == headers.one_line(subject)
    assert message["To"].addresses[0].addr_spec == "minh.lo@vi-du.vn"
    assert message["From"].addresses[0].addr_spec == "phieu@vi-du.vn"
    assert len(message["To"].addresses) == 1
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("text", [LONG, *NASTY, " ", "a" * 500, "\u0301" * 40])
@pytest.mark.parametrize("name", ["To", "From", "Subject", "Reply-To"])
def test_any_text_in_any_field_keeps_to_the_lengths(text: str, name: str) -> None:
    lines = headers.text_field(name, text).split("\r\n")
    assert list(faults(lines)) == []
    assert words_of(lines, name) == text


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_text_begins_a_field_of_its_own(text: str) -> None:
    lines = headers.text_field("Subject", text).split("\r\n")
    assert list(faults(lines)) == []
    assert all(line.startswith(" ") for line in lines[1:])
    assert "\n" not in "".join(lines)


def test_the_names_of_the_report_in_a_real_letter() -> None:
    wire = letter(name=LONG, email="n@vi-du.vn")
    lines = head_of(wire)
    assert list(faults(lines)) == []
    assert words_of(lines, "To") == LONG


def test_long_hosts_and_addresses_stand_on_lines_of_their_own() -> None:
    base = "https://phieu-danh-gia.cai-cach-hanh-chinh.sonoivu.laichau.gov.vn"
    host = base.removeprefix("https://")
    long = f"{'a' * 64}@{host}"
    head = make_letterhead(base_url=base, sender=Sender(long, "Sở", long))
    wire = letter(head, email=long, message_id=f"{'0f' * 16}@{host}")
    lines = head_of(wire)
    assert list(faults(lines)) == []
    message = read(wire)
    assert message["To"].addresses[0].addr_spec == long
    assert message["Reply-To"].addresses[0].addr_spec == long
    assert message["Message-ID"].strip() == f"<{'0f' * 16}@{host}>"
    link = message["List-Unsubscribe"].strip()
    assert re.fullmatch(rf"<{base}/khong-nhac/[\w.-]+>", link), "no blank within"
    assert message.get_boundary() == f"=_{'0f' * 16}"


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "x@y.vn>\r\nBcc: <z@y.vn"},
        {"message_id": "x\r\n\r\nhello@y.vn"},
        {"message_id": ""},
        {"email": "a@b.vn\x00"},
        {"email": "a@b\x01.vn"},
        {"email": "a b@c.vn"},
        {"email": f"{'a' * 64}@{'b.' * 120}vn"},
    ],
)
def test_no_field_of_a_row_makes_a_header_of_its_own(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        letter(**changes)


def test_the_reason_of_a_cancellation_and_the_subject_make_no_header() -> None:
    head = make_letterhead(wording=Wording(subjects={"invitation": "Mời\r\nBcc: x@y.vn"}))
    assert read(letter(head)).keys() == read(letter()).keys()


def test_a_test_letter_keeps_to_the_lengths() -> None:
    wire = mail.render(make_facts(name=LONG), make_letterhead(), NOW, test_code="ABCDEF")
    assert list(faults(head_of(wire))) == []


@pytest.mark.parametrize("kind", ["invitation", "reset", "head"])
def test_letters_to_staff_keep_to_the_lengths(
    db: Database, keys: KeyFile, configured: Settings, kind: str
) -> None:
    make_letters(db, keys, 1)
    long = f"{'a' * 40}@phieu-danh-gia.cai-cach-hanh-chinh.laichau.gov.vn"
    staff_id = somebody(db, long)
    with db.transaction() as session:
        now = db.now(session)
        facts = {"wave": "đợt-" * 20, "action": "wave.launch", "head": "1:ab"}
        staffmail.queue(session, kind, staff_id, now, **(facts if kind == "head" else {}))
        taken = outbox.take(session, now)
        assert taken is not None
        wire = letters.render(session, keys, configured, long, taken, now)
    assert list(faults(head_of(wire))) == []
    message = read(wire)
    assert message["To"].addresses[0].addr_spec == long
    assert message.get_body() is not None
