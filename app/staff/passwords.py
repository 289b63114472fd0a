"""Passwords: what is good enough, and whether one is right. Argon2id, by `pwdlib`."""

import secrets
from functools import cache
from typing import NamedTuple

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.language import _
from app.staff.commonplace import own_signs
from app.text.cleaning import folded

SHORTEST = 12
# What must be left of a password when all is taken away that guessers try first.
LEAST_OWN = 6


class Cost(NamedTuple):
    """What one guess costs: passes, KiB of memory, lanes."""

    time_cost: int = 3
    memory_cost: int = 64 * 1024
    parallelism: int = 4


# RFC 9106, its second choice for where memory is scarce.
COST = Cost()


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(*COST),))


@cache
def _nobodys_hash() -> str:
    """What an unknown address is checked against, so that it costs the same."""
    return _hasher().hash(secrets.token_hex())


def password_fault(password: str, *known: str) -> str | None:
    """Why a password is too weak, None when it is not; `known` are name and address."""
    if len(password) < SHORTEST:
        return _("Mật khẩu cần ít nhất {number} ký tự; một câu dễ nhớ là tốt nhất.").format(
            number=SHORTEST
        )
    if len(password) > 1000:
        return _("Mật khẩu dài quá 1.000 ký tự; chọn một mật khẩu ngắn hơn.")
    if len(set(password)) < 5 or own_signs(password) < LEAST_OWN:
        return _("Mật khẩu này dễ đoán. Chọn một câu mà chỉ mình biết.")
    plain = folded(password).replace(" ", "")
    used = [folded(text.partition("@")[0]).replace(" ", "") for text in known]
    if any(len(word) > 3 and word in plain and len(plain) < len(word) + 8 for word in used):
        return _("Mật khẩu không nên gồm tên hoặc địa chỉ thư. Chọn một câu khác.")
    return None


def none() -> str:
    """What stands for a password that was not chosen yet: each time another, so that links made
    before a reset do not come to life again."""
    return f"!{secrets.token_hex(8)}"


def is_chosen(known: str) -> bool:
    return bool(known) and not known.startswith("!")


def hashed(password: str) -> str:
    return _hasher().hash(password)


def is_right(password: str, known: str) -> bool:
    """Whether a password fits a hash; without one it costs the same and is wrong."""
    chosen = is_chosen(known)
    return _hasher().verify(password[:1000], known if chosen else _nobodys_hash()) and chosen
