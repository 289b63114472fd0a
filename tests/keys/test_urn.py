"""Sealed ballots and encrypted drafts: one size, bound to wave and ballot, all unreadable."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.keys.tokens import BallotName
from app.keys.urn import (
    COMMENT_SIGNS,
    Answers,
    DraftState,
    Layout,
    Opener,
    Spoiled,
    bind_draft,
    decrypt_draft,
    encrypt_draft,
    new_key_pair,
    pages,
    seal,
    seal_info,
)
from tests.making.blocks import make_index

INDEX = make_index("comments")
LAYOUT = Layout(INDEX)
RECEIPT = "7HV8-G56X-SQ9G-M5NV"
INFO = seal_info("dot-thu", "sha256:00")
PRIVATE, PUBLIC = new_key_pair()
NAME, SECRET = BallotName(os.urandom(12), 1), os.urandom(32)

levels = st.dictionaries(st.sampled_from(LAYOUT.items), st.sampled_from("ABCD-"))
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=COMMENT_SIGNS)
comments = st.dictionaries(st.sampled_from(LAYOUT.comments), texts)
answers = st.builds(Answers, levels, comments)
drafts = st.builds(
    DraftState,
    answers,
    st.none() | st.frozensets(st.sampled_from(LAYOUT.units)),
    st.frozensets(st.sampled_from(LAYOUT.pages)),
)


@given(answers)
def test_what_is_packed_is_unpacked(said: Answers) -> None:
    packed = LAYOUT.pack(said)
    assert len(packed) == LAYOUT.answer_bytes
    assert LAYOUT.unpack(packed) == said


def test_the_longest_comment_of_the_widest_signs_fits() -> None:
    said = Answers({}, {LAYOUT.comments[0]: "\U0001f600" * COMMENT_SIGNS})
    assert LAYOUT.unpack(LAYOUT.pack(said)) == said


@given(answers, answers)
@settings(max_examples=30)
def test_all_sealed_ballots_have_one_size(one: Answers, other: Answers) -> None:
    sizes = {len(seal(PUBLIC, INFO, RECEIPT, LAYOUT.pack(said))) for said in (one, other)}
    assert len(sizes) == 1


@given(drafts, drafts)
@settings(max_examples=30)
def test_all_drafts_have_one_size(one: DraftState, other: DraftState) -> None:
    sizes = {len(encrypt_draft(SECRET, NAME, LAYOUT, draft)) for draft in (one, other)}
    assert len(sizes) == 1


@given(drafts)
@settings(max_examples=50)
def test_a_draft_comes_back_as_it_was(draft: DraftState) -> None:
    assert decrypt_draft(SECRET, NAME, LAYOUT, encrypt_draft(SECRET, NAME, LAYOUT, draft)) == draft


def test_a_sealed_ballot_opens_with_the_private_key_alone() -> None:
    packed = LAYOUT.pack(Answers({LAYOUT.items[0]: "A"}, {}))
    opened = Opener(PRIVATE, INFO).open(seal(PUBLIC, INFO, RECEIPT, packed))
    assert opened == RECEIPT.encode() + packed


def test_the_same_ballot_is_sealed_differently_each_time() -> None:
    packed = LAYOUT.pack(Answers())
    assert seal(PUBLIC, INFO, RECEIPT, packed) != seal(PUBLIC, INFO, RECEIPT, packed)


def test_another_wave_index_or_key_does_not_open_it() -> None:
    sealed = seal(PUBLIC, INFO, RECEIPT, LAYOUT.pack(Answers()))
    for private, info in (
        (new_key_pair()[0], INFO),
        (PRIVATE, seal_info("dot-khac", "sha256:00")),
        (PRIVATE, seal_info("dot-thu", "sha256:01")),
    ):
        with pytest.raises(Spoiled):
            Opener(private, info).open(sealed)


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_spoiled_ballot_does_not_open(place: int) -> None:
    sealed = bytearray(seal(PUBLIC, INFO, RECEIPT, LAYOUT.pack(Answers())))
    sealed[place] ^= 1
    with pytest.raises(Spoiled):
        Opener(PRIVATE, INFO).open(bytes(sealed))


@pytest.mark.parametrize("junk", [b"", b"x", bytes(31), bytes(5000)])
def test_junk_does_not_open(junk: bytes) -> None:
    with pytest.raises(Spoiled):
        Opener(PRIVATE, INFO).open(junk)
    with pytest.raises(Spoiled):
        decrypt_draft(SECRET, NAME, LAYOUT, junk)


def test_a_draft_opens_for_its_own_ballot_only() -> None:
    sealed = encrypt_draft(SECRET, NAME, LAYOUT, DraftState())
    with pytest.raises(Spoiled):
        decrypt_draft(SECRET, BallotName(os.urandom(12), 1), LAYOUT, sealed)
    with pytest.raises(Spoiled):
        decrypt_draft(os.urandom(32), NAME, LAYOUT, sealed)


def test_no_answer_stands_in_the_clear() -> None:
    said = Answers(dict.fromkeys(LAYOUT.items, "A"), {LAYOUT.comments[0]: "một góp ý rất riêng"})
    draft = encrypt_draft(SECRET, NAME, LAYOUT, DraftState(said))
    sealed = seal(PUBLIC, INFO, RECEIPT, LAYOUT.pack(said))
    for data in (draft, sealed):
        assert "một góp ý".encode() not in data
        assert b"AAAA" not in data
        assert RECEIPT.encode() not in data


def test_a_comment_length_beyond_the_field_is_spoiled() -> None:
    packed = bytearray(LAYOUT.pack(Answers()))
    packed[len(LAYOUT.items) : len(LAYOUT.items) + 2] = b"\xff\xff"
    with pytest.raises(Spoiled):
        LAYOUT.unpack(bytes(packed))


EARLIER = Layout(make_index())
FIRST, SECOND = BallotName(bytes(range(12)), 1), BallotName(bytes(range(12)), 2)
DRAFTS = {
    FIRST: "02de66f693a280dc9e90aab23f124bf5164bdb7885a23d5d41f8f2fd70815d60c3212024",
    SECOND: "ec6e2a352342ecfd1dd447a0bf91566afc5ffeba6b1120a8ae27d4299a766a6edf1894d2",
}
SAVED = DraftState(Answers({("q1", "stc"): "B"}), frozenset({"stc"}), frozenset({"gop-y"}))


@pytest.mark.parametrize("ballot", DRAFTS)
def test_a_draft_of_an_earlier_version_opens_for_its_own_issue(ballot: BallotName) -> None:
    for issue in DRAFTS:
        if issue == ballot:
            draft = decrypt_draft(bytes(32), issue, EARLIER, bytes.fromhex(DRAFTS[ballot]))
            assert draft == SAVED
        else:
            with pytest.raises(Spoiled):
                decrypt_draft(bytes(32), issue, EARLIER, bytes.fromhex(DRAFTS[ballot]))


def test_a_draft_bound_to_no_issue_is_bound_once() -> None:
    """A first issue's draft is what all drafts were before."""
    bound = bind_draft(bytes(32), SECOND, bytes.fromhex(DRAFTS[FIRST]))
    assert decrypt_draft(bytes(32), SECOND, EARLIER, bound) == SAVED
    with pytest.raises(Spoiled):
        decrypt_draft(bytes(32), FIRST, EARLIER, bound)
    for spoiled in (bound, b"", b"x" * 12, b"x" * 40):
        with pytest.raises(Spoiled):
            bind_draft(bytes(32), SECOND, spoiled)


def test_a_ballot_sealed_by_an_earlier_version_opens() -> None:
    sealed = (
        "a161c8209e34e6e29efd0e4de499f5637a42e45619877d4cd833cc712511823dc98e7e88d5d15a4645de558e"
        "2078651ae104759670487f0943ee863ad1ca408fbd33226a1b337b6f0f14"
    )
    opened = Opener(bytes(range(32)), INFO).open(bytes.fromhex(sealed))
    assert opened == RECEIPT.encode() + b"answers"


def test_no_two_drafts_share_a_nonce() -> None:
    sealed = [encrypt_draft(bytes(32), SECOND, EARLIER, SAVED) for _draft in range(2)]
    sealed += [bind_draft(bytes(32), SECOND, bytes.fromhex(DRAFTS[FIRST])) for _draft in range(2)]
    assert len({each[:12] for each in sealed}) == 4


def test_pages_are_by_component_or_by_question() -> None:
    assert pages(make_index()) == ("co-quan", "phan-1", "gop-y")
    assert pages(make_index("paging-question")) == ("co-quan", "cau-q1", "cau-q2", "gop-y")


def test_a_comment_has_room_for_two_thousand_signs_and_a_ballot_always_the_same() -> None:
    """What was sealed and drafted before goes on being read: the room is part of the format."""
    for index in (make_index("comments"), make_index("pooled")):
        layout = Layout(index)
        assert layout.answer_bytes == len(index.items) + len(index.comments) * (2 + 4 * 2000)
        assert layout.ballot_bytes == 19 + layout.answer_bytes
