"""A secret split among several, any k of whom have it: Shamir's scheme over GF(2⁸).

Pure. A. Shamir, How to share a secret, Communications of the ACM 22 (1979). Each byte of the secret
is the constant term of a polynomial of degree k − 1 of its own, whose other coefficients are
random; a share is the values at one x, which is no secret. The field is that of the polynomial
x⁸ + x⁴ + x³ + x + 1 (0x11B); adding is exclusive or.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache

REDUCER = 0x11B


def _times(a: int, b: int) -> int:
    """A product in the field, bit by bit."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= REDUCER
        b >>= 1
    return product


@cache
def _table(factor: int) -> bytes:
    """Every byte times a factor, for `bytes.translate`."""
    return bytes(_times(byte, factor) for byte in range(256))


def _inverse(a: int) -> int:
    return _table(a).index(1)


def _plus(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).to_bytes(len(a), "big")


def split(
    secret: bytes, need: int, number: int, random_bytes: Callable[[int], bytes] = os.urandom
) -> list[bytes]:
    """The shares at x = 1 … `number`, each as long as the secret; any `need` of them have it."""
    if not 1 < need <= number < 256:
        raise ValueError("need at least two of at most 255")
    coefficients = [random_bytes(len(secret)) for _degree in range(need - 1)]
    shares = []
    for x in range(1, number + 1):
        value = bytes(len(secret))
        # Horner's rule, from the highest power down.
        for coefficient in reversed(coefficients):
            value = _plus(value, coefficient).translate(_table(x))
        shares.append(_plus(value, secret))
    return shares


@cache
def _weights(at: int, places: tuple[int, ...]) -> tuple[int, ...]:
    """What the value at each place weighs in the value at `at` (Lagrange)."""
    weights = []
    for own in places:
        weight = 1
        for other in places:
            if other != own:
                weight = _times(weight, _times(at ^ other, _inverse(own ^ other)))
        weights.append(weight)
    return tuple(weights)


def value_at(at: int, shares: Mapping[int, bytes]) -> bytes:
    """The value at `at` of the polynomial through these shares by their x, all equally long."""
    places = tuple(shares)
    value = bytes(len(shares[places[0]]))
    for place, weight in zip(places, _weights(at, places), strict=True):
        value = _plus(value, shares[place].translate(_table(weight)))
    return value


def combine(need: int, shares: Mapping[int, bytes]) -> bytes | None:
    """The secret out of `need` shares or more by their x; None when they are not all of one."""
    first = dict(list(shares.items())[:need])
    for place, share in shares.items():
        if place not in first and value_at(place, first) != share:
            return None
    return value_at(0, first)
