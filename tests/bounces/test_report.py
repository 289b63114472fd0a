"""What a bounce says: the answers of servers in use, made anew, and what must not be a bounce."""

import pytest

from app.bounces import report
from app.bounces.report import Report
from app.bounces.verdicts import BLOCKED, DEAD, DELAYED, SOFT
from tests.making.bounces import reply, standard, written

WHO = "an.nguyen@vi-du.vn"
RCPT, DATA = "(in reply to RCPT TO command)", "(in reply to end of DATA command)"


def judged(raw: bytes) -> str:
    (only,) = report.read(raw).findings
    assert only.address == WHO
    return only.verdict


@pytest.mark.parametrize(
    ("status", "said", "verdict"),
    [
        ("5.1.1", "550 5.1.1 <an.nguyen@vi-du.vn>... User unknown", DEAD),
        ("5.1.1", "550 5.1.1 no mailbox here by that name", DEAD),
        ("5.0.0", "550 No such user here", DEAD),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", DEAD),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", DEAD),
        ("5.7.1", "554 5.7.1 <an.nguyen@vi-du.vn>: Recipient address rejected: User unknown", DEAD),
        ("5.1.6", "551 5.1.6 The user has moved, please try another address", DEAD),
        ("5.4.4", "Host or domain name not found. Name service error: Host not found", DEAD),
        ("5.1.2", "DNS: NXDOMAIN", DEAD),
        ("4.1.1", "450 4.1.1 user unknown in virtual table", DEAD),
        ("5.2.2", "552 5.2.2 over quota", SOFT),
        ("5.1.1", "550 5.1.1 The mailbox is full", SOFT),
        ("4.4.1", "connection timed out", SOFT),
        ("4.0.0", "DNS lookup responded with code NXDOMAIN", SOFT),
        ("5.1.1", "550 5.1.1 has sent to too many recipients this hour", SOFT),
        ("5.0.0", "Host not found, try again", SOFT),
        ("5.7.1", "554 5.7.1 Message blocked by policy", BLOCKED),
        ("5.7.26", "550-5.7.26 This mail is unauthenticated, neither SPF nor DKIM passed", BLOCKED),
        ("5.7.1", "550 5.7.1 Relaying denied", BLOCKED),
        ("5.0.0", "554 listed at zen.spamhaus.org, user unknown to us", BLOCKED),
        ("5.2.1", "550 5.2.1 The mailbox takes no mail", BLOCKED),
    ],
)
def test_a_server_is_believed_by_its_words_before_its_status(
    status: str, said: str, verdict: str
) -> None:
    assert judged(standard(WHO, said, status)) == verdict


def test_unknown_is_believed_of_an_address_and_not_of_a_letter() -> None:
    """Some filters say of any letter they do not like that they do not know whom it is to."""
    said = "550 unknown user"
    assert judged(standard(WHO, said, notice=f"<{WHO}>: {said} {RCPT}")) == DEAD
    assert judged(standard(WHO, said, notice=f"<{WHO}>: {said} {DATA}")) == BLOCKED


def test_a_letter_that_is_late_is_no_bounce() -> None:
    said = "450 4.1.1 user unknown"
    assert judged(standard(WHO, said, "4.1.1", action="delayed")) == DELAYED
    words = "THIS IS A WARNING MESSAGE ONLY. It will be retried.\n<{address}>: no such user"
    assert judged(written(WHO, words)) == DELAYED
    assert report.read(standard(WHO, "250 OK", "2.0.0", action="delivered")).findings == ()


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("<{address}>:\nSorry, no mailbox here by that name. (#5.1.1)", DEAD),
        ("Hộp thư sau không nhận được:\n{address}\n550 5.1.1 User unknown", DEAD),
        ("  {address}\n    Unrouteable address", DEAD),
        ("{address}: Mailbox full", SOFT),
        ("<{address}>: 554 rejected as spam", BLOCKED),
        ("<{address}>: it did not work out", SOFT),
    ],
)
def test_a_notice_in_words_is_read(words: str, verdict: str) -> None:
    assert judged(written(WHO, words)) == verdict


def test_a_gateway_that_names_nobody_means_whom_our_letter_was_to() -> None:
    assert (
        judged(
            standard("", "")
            .replace(b"Final-Recipient: rfc822; ", b"X: ")
            .replace(b"<>", b"<" + WHO.encode() + b">")
        )
        == SOFT
    )


def test_recipients_without_an_empty_line_between_them_are_told_apart() -> None:
    more = b"Status: 5.2.2\nFinal-Recipient: rfc822; b@vi-du.vn\nAction: failed\nStatus: 5.1.1\n"
    raw = standard(WHO, "550 user unknown").replace(b"Status: 5.0.0\n", more)
    found = {each.address: each.verdict for each in report.read(raw).findings}
    assert found == {WHO: SOFT, "b@vi-du.vn": DEAD}


@pytest.mark.parametrize(
    "raw",
    [
        reply("Trả lời tự động: Mời đánh giá"),
        reply("Re: thư", Auto_Submitted="auto-replied"),
        reply("thư", X_Autoreply="yes"),
        reply("=?utf-8?q?V=E1=BA=AFng_m=E1=BA=B7t?="),
        standard(WHO, "550 user unknown").replace(b"delivery-status;", b"feedback-report;"),
    ],
)
def test_what_a_persons_program_answers_is_no_bounce(raw: bytes) -> None:
    assert report.read(raw) == Report(is_reply=True)


def test_a_letter_of_somebody_is_no_bounce() -> None:
    raw = written(WHO, "Tôi đã nhận được thư, {address}", who="an@vi-du.vn")
    assert report.read(raw.replace(b"failure notice", "Hỏi về phiếu".encode())).findings == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00" * 100,
        b"Content-Type: multipart/report; boundary=a\n\n" + b"--a\n" * 5000,
        b"From: <>\nSubject: failure\nContent-Type: text/html; charset=x-none\n\n<style" * 3000,
        b"From: =?x?b?@?=\nSubject: =?utf-9?q?=?=\n\n" + b"a@b.vn:" * 9000,
    ],
)
def test_nothing_that_comes_in_stops_the_reader(raw: bytes) -> None:
    assert len(report.read(raw).findings) <= report.MOST
