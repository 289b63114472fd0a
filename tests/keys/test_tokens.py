"""Links, access codes, receipts and tickets."""

import hashlib
import os
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from app.keys.copied import tidy
from app.keys.tokens import ALPHABET, BallotName, Tokens, receipt, receipt_hash

MASTER, OLD, NEW = bytes(32), b"old link key" * 3, b"new link key" * 3
tokens = Tokens(MASTER, [OLD])
ballots = st.builds(BallotName, st.binary(min_size=12, max_size=12), st.integers(1, 65535))
NAME = BallotName(bytes(range(12)), 1)


@given(ballots)
def test_a_link_names_its_ballot_and_issue(ballot: BallotName) -> None:
    assert tokens.read_link(tokens.link(ballot)) == ballot
    assert tokens.read_cookie(tokens.cookie(ballot)) == ballot
    assert tokens.read_no_reminders(tokens.no_reminders(ballot)) == ballot


def test_no_other_last_sign_passes() -> None:
    """Base64 leaves two spare bits in the last sign of a signature: four spellings of it."""
    link = tokens.link(NAME)
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    assert [sign for sign in signs if tokens.read_link(link[:-1] + sign)] == [link[-1]]


@pytest.mark.parametrize("place", range(0, 63, 3))
def test_a_changed_sign_is_refused(place: int) -> None:
    link = tokens.link(NAME)
    other = "A" if link[place] != "A" else "B"
    assert tokens.read_link(link[:place] + other + link[place + 1 :]) is None


@given(st.text(max_size=100))
def test_whatever_was_not_signed_here_is_nobody_s_link(text: str) -> None:
    assert tokens.read_link(text) is None
    assert tokens.read_ticket(text) is None


def test_a_link_is_no_cookie_and_no_unsubscription() -> None:
    assert tokens.read_cookie(tokens.link(NAME)) is None
    assert tokens.read_no_reminders(tokens.link(NAME)) is None
    assert tokens.read_link(tokens.cookie(NAME)) is None


def test_a_padded_spelling_of_a_link_is_refused() -> None:
    value, _dot, signature = tokens.link(NAME).partition(".")
    assert tokens.read_link(f"{value}=.{signature}") is None


def test_older_links_go_on_working_when_the_key_rotates() -> None:
    rotated = Tokens(MASTER, [OLD, NEW])
    assert rotated.read_link(tokens.link(NAME)) == NAME
    assert tokens.read_link(rotated.link(NAME)) is None
    assert rotated.access_code(NAME) == tokens.access_code(NAME)


def test_another_issue_has_another_link_code_and_receipt() -> None:
    again = BallotName(NAME.number, 2)
    assert tokens.link(NAME) != tokens.link(again)
    assert tokens.access_code(NAME) != tokens.access_code(again)
    assert receipt(MASTER, "w", NAME) != receipt(MASTER, "w", again)


def test_another_wave_has_another_receipt() -> None:
    assert receipt(MASTER, "mot", NAME) != receipt(MASTER, "hai", NAME)


@given(ballots)
def test_codes_and_receipts_are_four_times_four_signs(ballot: BallotName) -> None:
    for code in (tokens.access_code(ballot), receipt(MASTER, "w", ballot)):
        assert [len(part) for part in code.split("-")] == [4, 4, 4, 4]
        assert set(code) <= set(ALPHABET) | {"-"}
        assert tidy(code) == code


@pytest.mark.parametrize("change", [str.lower, lambda c: c.replace("-", ""), lambda c: f" {c}\n"])
def test_case_spaces_and_hyphens_do_not_matter(change) -> None:  # type: ignore[no-untyped-def]
    code = tokens.access_code(NAME)
    assert tidy(change(code)) == code
    assert tidy(code.replace("-", " ")) == code


def test_every_single_wrong_sign_and_every_swap_of_neighbours_is_found() -> None:
    code = tokens.access_code(NAME).replace("-", "")
    for place, sign in enumerate(code):
        for other in set(ALPHABET) - {sign}:
            assert tidy(code[:place] + other + code[place + 1 :]) is None
    for place in range(15):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or tidy(swapped) is None


@given(st.text(max_size=200))
def test_tidy_takes_any_text(text: str) -> None:
    assert tidy(text) is None or len(tidy(text) or "") == 19


def test_codes_spread_over_the_alphabet() -> None:
    signs = "".join(tokens.access_code(BallotName(os.urandom(12), 1)) for _ in range(300))
    counts = [signs.count(sign) for sign in ALPHABET]
    # 4,800 signs over 27: 178 on average, a standard deviation of 13.
    assert min(counts) > 100
    assert max(counts) < 260


def test_a_ticket_names_ballot_page_and_state() -> None:
    ticket = tokens.ticket(NAME, "cau-q01", "abcd")
    assert tokens.read_ticket(ticket) == (NAME, "cau-q01", "abcd")
    assert tokens.read_ticket(ticket[:-1]) is None
    forged = urlsafe_b64encode(NAME.packed()).decode() + ".cau-q01.abcd.x"
    assert tokens.read_ticket(forged) is None


def test_a_receipt_s_hash_is_that_of_the_receipt_as_shown() -> None:
    """printf 7HV8-G56X-SQ9G-M5NV | sha256sum"""
    shown = "7HV8-G56X-SQ9G-M5NV"
    assert receipt_hash(shown) == (
        "6990388562ee2a3fcabbc4d70ec2baf6d107cf771055c04fd79c3651e06fa590"
    )


def test_what_earlier_versions_gave_out_goes_on_working() -> None:
    """Links stand in letters, receipts and codes on people's paper, prints in open forms."""
    made = Tokens(MASTER, [OLD])
    given_out = (
        "AAECAwQFBgcICQoLAAE.Z9do9CoKIvG4w6mDeNcl9NjKGd29wr9L2OYxMDFAjHs",
        "AAECAwQFBgcICQoLAAE.AhHqzOXRWXqSRRPRBRnU-vHnS7XsTe7SSWfsZhsCYu8",
        "AAECAwQFBgcICQoLAAE.VB4cFnlVcJ41UoJvbQ3TUhRKbN-JIl1FiLFwotcqsBc",
        "AAECAwQFBgcICQoLAAE=.cau-q01.abcd.Mk2lGOv3rLh24dOMZGOe2TR8N-4l4R3HmWDY0tyGvLA",
        "067cb8092a7205bc60444962",
        "RL6F-QM6R-4CMM-TCBT",
        "08d224c6c533ddf344bb500443f572bb952cdf4d9a6495134167864043ec0674",
        "GBFJ-7DR2-56P9-R8TN",
    )
    assert given_out == (
        made.link(NAME),
        made.cookie(NAME),
        made.no_reminders(NAME),
        made.ticket(NAME, "cau-q01", "abcd"),
        made.fingerprint(b"state"),
        made.access_code(NAME),
        made.code_mac("RL6F-QM6R-4CMM-TCBT").hex(),
        receipt(MASTER, "mot", NAME),
    )


def test_what_is_signed_is_what_itsdangerous_signs() -> None:
    """Keys derived once and one call for each HMAC change nothing of a signature."""
    keys = [b"\1" * 32, b"\2" * 32]
    name = BallotName(bytes(range(12)), 3)
    tokens = Tokens(b"\0" * 32, keys)
    packed = urlsafe_b64encode(name.packed()).rstrip(b"=")
    for salt, made in (("phieu.link", tokens.link(name)), ("phieu.cookie", tokens.cookie(name))):
        plain = Signer(keys, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
        assert made == plain.sign(packed).decode()
    older = Signer(keys[:1], salt="phieu.link", key_derivation="hmac", digest_method=hashlib.sha256)
    assert tokens.read_link(older.sign(packed).decode()) == name
