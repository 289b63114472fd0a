"""Bech32 (BIP 173), as `age` writes its keys: age1… to encrypt to, AGE-SECRET-KEY-1… to open. Pure.

Six signs at the end find what was mistyped.
"""

SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECK = 6


class NotKey(ValueError):
    """A text is no key, or was mistyped."""


def encode(prefix: str, data: bytes) -> str:
    """Bytes under a prefix in small letters."""
    groups = _regroup(data, 8, 5, pad=True)
    check = _polymod([*_expanded(prefix), *groups, *[0] * CHECK]) ^ 1
    groups += [(check >> 5 * (CHECK - 1 - place)) & 31 for place in range(CHECK)]
    return prefix + "1" + "".join(SIGNS[group] for group in groups)


def decode(prefix: str, text: str) -> bytes:
    """The bytes of a text under this prefix. Raises NotKey."""
    if text not in (text.lower(), text.upper()):
        raise NotKey("mixed case")
    head, _one, tail = text.lower().rpartition("1")
    if head != prefix or len(tail) < CHECK:
        raise NotKey("another prefix")
    groups = [SIGNS.find(sign) for sign in tail]
    if min(groups) < 0 or _polymod([*_expanded(prefix), *groups]) != 1:
        raise NotKey("mistyped")
    return bytes(_regroup(groups[:-CHECK], 5, 8, pad=False))


def _expanded(prefix: str) -> list[int]:
    return [ord(sign) >> 5 for sign in prefix] + [0] + [ord(sign) & 31 for sign in prefix]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(GENERATOR):
            check ^= term if top >> place & 1 else 0
    return check


def _regroup(values: bytes | list[int], width: int, into: int, pad: bool) -> list[int]:
    held = bits = 0
    found = []
    for value in values:
        held, bits = (held << width | value) & 0xFFF, bits + width
        while bits >= into:
            bits -= into
            found.append(held >> bits & (1 << into) - 1)
    if pad and bits:
        found.append(held << into - bits & (1 << into) - 1)
    elif not pad and (bits >= width or held & (1 << bits) - 1):
        raise NotKey("bits left over")
    return found
