"""Seal and open a ballot, encrypt and decrypt a draft.

Pure. A sealed ballot and a draft have one size per index by construction, whatever was answered:

    ballot  receipt (19 signs) · one byte per item of the index · choices · comments
    draft   asked for units? · one byte per unit dealt with · one byte per page: what was told of
            it · one byte per item · choices · comments

An item is a (question, unit) of `Index.items`; its byte is 0 for no answer, else the ASCII code
of the level or of `-`. Choices are the items of `Index.choice_items`: where one may be ticked they
have a byte as the others; where several may, a byte per level and one for `-`, each 0 or the ASCII
code of its own. A comment is its length in bytes (2, big-endian) and UTF-8 text, padded to
`COMMENT_BYTES`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from app.index.definition import Index
from app.index.parts import Question
from app.keys.tokens import BallotName, derive

COMMENT_SIGNS = 2000
COMMENT_BYTES = 4 * COMMENT_SIGNS
RECEIPT_BYTES = 19
BLANK = 0
# The pages of choice questions, and what those are about.
CHOICES = {"hoi-don-vi": "unit", "hoi-them": "none"}
# What the byte of a page in a draft says, both added up.
POINTED_OUT, PASSED = 1, 2

# RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


Item: TypeAlias = tuple[str, str]


class Spoiled(Exception):
    """These bytes were not made by this program with these keys, or were changed since."""


@dataclass(frozen=True)
class Answers:
    """What a ballot says: (question, unit) → level code or "-"; comment question → text.

    Of a choice question about none the unit is ""; where several levels may be ticked, their codes
    stand one after the other in the order of the scale, "-" last.
    """

    levels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DraftState:
    """Answers not yet cast, units dealt with (None: not asked yet), pages on which something was
    pointed out, and pages that were submitted and left behind."""

    answers: Answers = Answers()
    units: frozenset[str] | None = None
    pointed_out: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()

    @property
    def too_long(self) -> bool:
        """Whether a comment is longer than may be cast: it is kept to be shortened."""
        return any(len(text) > COMMENT_SIGNS for text in self.answers.comments.values())


class Layout:
    """Where each answer of an index stands in the bytes of a ballot."""

    def __init__(self, index: Index) -> None:
        self.items = index.items
        self.choices = index.choice_items
        # What each byte is of: an item, and the one level it may say ("": any of its question's).
        self.columns: tuple[tuple[Item, str], ...] = (
            *((item, "") for item in self.items),
            *(
                (item, level)
                for item in self.choices
                for level in _levels(index, index.question_of[item[0]])
            ),
        )
        self.units = tuple(unit.code for unit in index.units)
        self.pages = pages(index)
        self.comments = tuple(question.code for question in index.comments)
        self.place = {column: place for place, column in enumerate(self.columns)}
        # The bytes of each item of which several levels may be ticked; the last one is for "-".
        self.several = {
            item: range(self.place[item, levels[0]], self.place[item, levels[-1]] + 1)
            for item in self.choices
            if (levels := _levels(index, index.question_of[item[0]])) != ("",)
        }

    @cached_property
    def ballot_bytes(self) -> int:
        return RECEIPT_BYTES + self.answer_bytes

    @cached_property
    def answer_bytes(self) -> int:
        return len(self.columns) + len(self.comments) * (2 + COMMENT_BYTES)

    def pack(self, answers: Answers) -> bytes:
        levels = bytearray(len(self.columns))
        for item, ticks in answers.levels.items():
            for level in ticks:
                place = self.place[item, level if item in self.several else ""]
                levels[place] = ord(level)
        parts = [bytes(levels)]
        for code in self.comments:
            text = answers.comments.get(code, "").encode()
            parts.append(len(text).to_bytes(2, "big") + text.ljust(COMMENT_BYTES, b"\0"))
        return b"".join(parts)

    def unpack(self, data: bytes) -> Answers:
        """The answers in `data`, of `answer_bytes`. Raises Spoiled."""
        levels: dict[Item, str] = {}
        for (item, level), byte in zip(self.columns, data, strict=False):
            if byte != BLANK:
                if level and chr(byte) != level:
                    raise Spoiled
                levels[item] = levels.get(item, "") + chr(byte)
        return Answers(levels, self.unpack_comments(data))

    def unpack_comments(self, data: bytes) -> dict[str, str]:
        comments = {}
        for place, code in enumerate(self.comments):
            start = len(self.columns) + place * (2 + COMMENT_BYTES)
            length = int.from_bytes(data[start : start + 2], "big")
            if length > COMMENT_BYTES:
                raise Spoiled
            if length:
                try:
                    comments[code] = data[start + 2 : start + 2 + length].decode()
                except UnicodeDecodeError as error:
                    raise Spoiled from error
        return comments


def _levels(index: Index, question: Question) -> tuple[str, ...]:
    """The levels with a byte of their own in each item of a choice question; else "" alone."""
    if not question.ticks_several:
        return ("",)
    return (*(level.code for level in index.scale_of[question.scale or ""].levels), "-")


def pages(index: Index) -> tuple[str, ...]:
    """The codes of all pages any ballot of the index can have, in order."""
    if index.rules.paging == "question":
        body = [f"cau-{question.code}" for question in index.scored_questions]
    elif index.rules.paging == "unit":
        body = [f"don-vi-{unit.code}" for unit in index.units]
    else:
        body = [f"phan-{component.code}" for component in index.components]
    about = {question.about for question in index.choices}
    asked = [code for code, of in CHOICES.items() if of in about]
    return ("co-quan", *body, *asked, "gop-y")


def new_key_pair() -> tuple[bytes, bytes]:
    """A fresh urn key pair, raw: (private, public), 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal_info(wave: str, index_digest: str) -> bytes:
    """What a seal is bound to: a ballot of another wave or index does not open."""
    return f"phieu urn {wave} {index_digest}".encode()


def seal(public_key: bytes, info: bytes, receipt: str, answers: bytes) -> bytes:
    """Seal a ballot (HPKE); `answers` comes from `Layout.pack`."""
    key = X25519PublicKey.from_public_bytes(public_key)
    return SUITE.encrypt(receipt.encode() + answers, key, info=info)


class Opener:
    """Opens sealed ballots with the private urn key."""

    def __init__(self, private_key: bytes, info: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(private_key)
        self._info = info

    def open(self, sealed: bytes) -> bytes:
        """The receipt (19 bytes) and packed answers. Raises Spoiled."""
        try:
            return SUITE.decrypt(sealed, self._key, info=self._info)
        except (InvalidTag, ValueError) as error:
            raise Spoiled from error


def encrypt_draft(
    wave_secret: bytes, ballot: BallotName, layout: Layout, draft: DraftState
) -> bytes:
    """A draft under the key of its ballot (AES-256-GCM, key by HKDF of the wave secret).

    It is bound to the issue, too: a draft that somebody puts back after the ballot was issued anew
    is nothing to whoever has the new link.
    """
    asked = draft.units is not None
    units = draft.units or frozenset()
    nonce = os.urandom(12)
    plain = (
        bytes([asked, *(unit in units for unit in layout.units)])
        + bytes(
            POINTED_OUT * (page in draft.pointed_out) + PASSED * (page in draft.passed)
            for page in layout.pages
        )
        + layout.pack(draft.answers)
    )
    key = AESGCM(derive(wave_secret, "draft", ballot.number))
    return nonce + key.encrypt(nonce, plain, _bound_to(ballot))


def _bound_to(ballot: BallotName) -> bytes:
    # Of a first issue the number alone, as earlier versions have it.
    return ballot.number + (b" %d" % ballot.issue if ballot.issue > 1 else b"")


def decrypt_draft(
    wave_secret: bytes, ballot: BallotName, layout: Layout, sealed: bytes
) -> DraftState:
    """What `encrypt_draft` encrypted. Raises Spoiled."""
    try:
        key = AESGCM(derive(wave_secret, "draft", ballot.number))
        plain = key.decrypt(sealed[:12], sealed[12:], _bound_to(ballot))
    except (InvalidTag, ValueError) as error:
        raise Spoiled from error
    pages_at = 1 + len(layout.units)
    answers_at = pages_at + len(layout.pages)
    return DraftState(
        layout.unpack(plain[answers_at:]),
        frozenset(_marked(layout.units, plain[1:pages_at])) if plain[0] else None,
        frozenset(_marked(layout.pages, plain[pages_at:answers_at], POINTED_OUT)),
        frozenset(_marked(layout.pages, plain[pages_at:answers_at], PASSED)),
    )


def bind_draft(wave_secret: bytes, ballot: BallotName, sealed: bytes) -> bytes:
    """A draft of an earlier version, which bound it to no issue, as `encrypt_draft` has it.

    Raises Spoiled, also for one that is bound already.
    """
    key = AESGCM(derive(wave_secret, "draft", ballot.number))
    nonce = os.urandom(12)
    try:
        plain = key.decrypt(sealed[:12], sealed[12:], ballot.number)
    except (InvalidTag, ValueError) as error:
        raise Spoiled from error
    return nonce + key.encrypt(nonce, plain, _bound_to(ballot))


def _marked(names: tuple[str, ...], marks: bytes, mark: int = 1) -> list[str]:
    return [name for name, marked in zip(names, marks, strict=True) if marked & mark]
