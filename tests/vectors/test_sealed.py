"""The sealed waves of docs/vectors/, read by docs/vectors/README.md alone and by the program."""

import base64
import hashlib
import hmac
import json
from functools import reduce
from itertools import combinations
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.keys import committee, seals, urn
from app.papers.wholeverify import verify_file
from app.record import checking
from tests.vectors import hpke, sealed
from tests.vectors.files import FOLDER

ALPHABET = "BCDFGHJKLMNPQRSTVXZ23456789"
Vector = dict[str, Any]


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_bytes())


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 of what has no number but whole ones, and no name beyond ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def raw(value: Vector, *names: str) -> list[bytes]:
    return [bytes.fromhex(value[name]) for name in names]


def one(value: Vector, name: str) -> bytes:
    return bytes.fromhex(value[name])


def spelt(digest: str) -> str:
    """15 signs of a digest's first 16 bytes, from the lowest, and a check sign."""
    value, digits = int(digest[:32], 16), []
    for _sign in range(15):
        value, digit = divmod(value, 27)
        digits.append(digit)
    signs = "".join(ALPHABET[digit] for digit in [*digits, check(digits)])
    return "-".join(signs[at : at + 4] for at in range(0, 16, 4))


def check(digits: list[int]) -> int:
    return sum(digit * (1 + place % 2) for place, digit in enumerate(digits)) % 27


# The field by powers of 3, which the program does otherwise.
POWERS = [1]
for _power in range(254):
    double = POWERS[-1] << 1
    POWERS.append(POWERS[-1] ^ (double ^ 0x11B if double & 0x100 else double))


def times(a: int, b: int) -> int:
    return POWERS[(POWERS.index(a) + POWERS.index(b)) % 255] if a and b else 0


def over(a: int, b: int) -> int:
    return times(a, POWERS[-POWERS.index(b) % 255])


def polynomial(coefficients: list[int], x: int) -> int:
    return reduce(lambda value, term: times(value, x) ^ term, reversed(coefficients), 0)


def joined(two: list[bytes]) -> bytes:
    """The value at 0 of the line through two shares."""
    (x, *_), (y, *_) = two
    pairs = zip(two[0][1:], two[1][1:], strict=True)
    return bytes(times(a, over(y, x ^ y)) ^ times(b, over(x, x ^ y)) for a, b in pairs)


def look_at_part(part: Vector, private: bytes, plain: bytes) -> None:
    """A seal from the side of whoever opens it, and from that of whoever made it."""
    ephemeral, enc, dh, info = raw(part, "ephemeral", "enc", "dh", "info")
    key = X25519PrivateKey.from_private_bytes(private)
    public = key.public_key()
    assert key.exchange(X25519PublicKey.from_public_bytes(enc)) == dh
    made = X25519PrivateKey.from_private_bytes(ephemeral)
    assert made.public_key().public_bytes_raw() == enc
    assert made.exchange(public) == dh
    steps = hpke.schedule(dh, enc, public.public_bytes_raw(), info)
    assert {name: value.hex() for name, value in steps.items()} == {n: part[n] for n in steps}
    bytes_ = one(part, "sealed")
    assert bytes_[:32] == enc
    assert AESGCM(steps["key"]).decrypt(steps["base_nonce"], bytes_[32:], b"") == plain
    # The library that the program uses says the same.
    assert urn.SUITE.decrypt(bytes_, key, info=info) == plain


def look_at_ballot(wave: Vector, ballot: Vector) -> None:
    """What lies inside the seal."""
    plain, message = raw(ballot, "plain", "receipt_message")
    number = bytes.fromhex(ballot["number"])
    assert message == wave["wave"].encode() + b"\0" + number + ballot["issue"].to_bytes(2, "big")
    assert hmac.digest(one(wave, "receipt_key"), message, "sha256").hex() == ballot["receipt_hmac"]
    assert spelt(ballot["receipt_hmac"]) == ballot["receipt"]
    assert sha(ballot["receipt"].encode()) == ballot["receipt_hash"]
    assert plain[:19].decode() == ballot["receipt"]
    said: dict[str, str] = {}
    for column in wave["layout"]:
        if byte := plain[column["byte"]]:
            assert column["level"] in ("", chr(byte))
            name = ".".join(filter(None, (column["question"], column["unit"])))
            said[name] = said.get(name, "") + chr(byte)
    assert said == ballot["answers"]
    assert len(plain) == 19 + len(wave["layout"])
    assert sha(bytes.fromhex(ballot["row"])) == ballot["id"]


def look_at_ends(wave: Vector, name: str) -> None:
    """Digests, the tally of the answers, the sheet and the record."""
    sheet, record = read(f"{name}.sheet.json"), read(f"{name}.record.json")
    assert wave["index_digest"] == f"sha256:{sha(canonical(wave['index']))}"
    ids = sorted(bytes.fromhex(each["id"]) for each in wave["ballots"])
    assert wave["urn"] == f"sha256:{sha(b''.join(ids))}"
    hashes = sorted(each["receipt_hash"] for each in wave["ballots"])
    assert wave["receipts"] == f"sha256:{sha(chr(10).join(hashes).encode())}" == sheet["receipts"]
    # Every cell is all groups that were asked: of one group, or of two where one is too small.
    for item, cells in wave["tally"].items():
        for cell, counts in (cells or {}).items():
            for level, number in counts.items():
                those = [e for e in wave["ballots"] if e["group"] in cell.split("+")]
                assert sum(level in e["answers"].get(item, "") for e in those) == number, item
    assert sum(cells is None for cells in wave["tally"].values()) == 1
    assert wave["tally_digest"] == f"sha256:{sha(canonical(wave['tally']))}"
    for unit in sheet["units"]:
        for question in unit["criteria"][0]["questions"]:
            assert question["counts"] == wave["tally"][f"{question['code']}.{unit['code']}"]
    assert sheet["choices"][0]["counts"] == wave["tally"]["m1"]
    stated = sheet.pop("digest")
    assert stated == f"sha256:{sha(canonical(sheet))}"
    launch, close, unseal, score = (entry["facts"] for entry in record["entries"])
    assert (close["urn"], score["digest"]) == (wave["urn"], stated)
    assert (unseal["tally"], unseal["receipts"]) == (wave["tally_digest"], wave["receipts"])
    assert launch["index"] == wave["index_digest"]
    key = Ed25519PrivateKey.from_private_bytes(one(wave, "record_key")).public_key()
    assert base64.b64decode(record["key"]) == key.public_bytes_raw()
    before = "0" * 64
    for entry in record["entries"]:
        look_at_entry(key, record["wave"], dict(entry), before)
        before = entry["digest"]


def look_at_entry(key: Ed25519PublicKey, wave: str, entry: Vector, before: str) -> None:
    signature, digest = base64.b64decode(entry.pop("signature")), entry.pop("digest")
    assert entry["previous"] == before
    assert digest == sha(canonical(entry))
    key.verify(signature, b"phieu record 1\0" + wave.encode() + b"\0" + digest.encode())


def test_the_published_sealed_waves_are_those_of_the_program() -> None:
    made = sealed.made()
    assert set(made) == set(sealed.NAMES)
    for name, data in made.items():
        assert (FOLDER / name).read_bytes() == data, f"python -m tests.vectors ({name})"


def test_every_value_of_an_office_follows_from_those_before() -> None:
    wave = read("sealed-office.json")
    private = one(wave["urn_key"], "private")
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    assert public.hex() == wave["urn_key"]["public"]
    assert (
        bytes.fromhex(wave["info"]) == f"phieu urn {wave['wave']} {wave['index_digest']}".encode()
    )
    for ballot in wave["ballots"]:
        look_at_ballot(wave, ballot)
        assert ballot["info"] == wave["info"]
        assert ballot["row"] == "01" + ballot["sealed"]
        look_at_part(ballot, private, one(ballot, "plain"))
    look_at_ends(wave, "sealed-office")


def test_every_value_of_a_committee_follows_from_those_before() -> None:
    wave = read("sealed-committee.json")
    for place, trustee in enumerate(wave["trustees"], 1):
        signs = trustee["phrase"].replace("-", "")
        assert signs[:-1] == trustee["signs"]
        assert ALPHABET[check([ALPHABET.index(sign) for sign in signs[:-1]])] == signs[-1]
        assert bytes.fromhex(trustee["salt"]) == b"phieu trustee 1\0" + wave["wave"].encode()
        private, public, salt = raw(trustee, "private", "public", "salt")
        if place == 1:  # a third of a second each; the others are the program's own
            assert hashlib.pbkdf2_hmac("sha256", signs[:-1].encode(), salt, 600_000) == private
        made = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
        assert made == public
        assert trustee["sha256"] == sha(public)
        assert trustee["print"] == spelt(sha(public))
        key = json.loads(trustee["key_file"])
        assert (base64.b64decode(key["key"]), key["wave"]) == (public, wave["wave"])
    for ballot in wave["ballots"]:
        look_at_ballot(wave, ballot)
        look_at_shares(wave, ballot)
    look_at_files(wave)
    look_at_ends(wave, "sealed-committee")


def look_at_shares(wave: Vector, ballot: Vector) -> None:
    key, head, nonce, plain = raw(ballot, "content_key", "head", "nonce", "plain")
    shares = [bytes.fromhex(each) for each in ballot["shares"]]
    terms = [bytes.fromhex(each) for each in ballot["coefficients"]]
    for x, share in enumerate(shares, 1):
        values = [
            polynomial([secret, *those], x) for secret, *those in zip(key, *terms, strict=True)
        ]
        assert share == bytes([x, *values])
        assert sha(share) == ballot["share_hashes"][x - 1]
        part, trustee = ballot["parts"][x - 1], wave["trustees"][x - 1]
        told = ("phieu share 1", wave["wave"], wave["index_digest"], str(x))
        assert bytes.fromhex(part["info"]) == "\0".join(told).encode()
        look_at_part(part, one(trustee, "private"), share)
    assert all(joined(list(two)) == key for two in combinations(shares, 2))
    parts = "".join(part["sealed"] for part in ballot["parts"])
    assert ballot["head"] == "0203" + parts + "".join(ballot["share_hashes"])
    assert ballot["row"] == ballot["head"] + ballot["nonce"] + ballot["sealed_ballot"]
    assert AESGCM(key).decrypt(nonce, one(ballot, "sealed_ballot"), head) == plain


def look_at_files(wave: Vector) -> None:
    of = {ballot["id"]: ballot for ballot in wave["ballots"]}
    for at in range(3):
        given, opened = (json.loads(wave["files"][kind][at]) for kind in ("given", "opened"))
        rows, handed = given.pop("rows"), opened.pop("rows")
        assert given == opened
        assert (given["trustee"], given["trial"], given["urn"]) == (at + 1, False, wave["urn"])
        assert [row["id"] for row in rows] == [row["id"] for row in handed] == sorted(of)
        for row, back in zip(rows, handed, strict=True):
            ballot = of[row["id"]]
            assert base64.b64decode(row["sealed"]).hex() == ballot["parts"][at]["sealed"]
            assert base64.b64decode(back["share"]).hex() == ballot["shares"][at]


@pytest.mark.parametrize("mode", ["committee", "office"])
def test_the_program_opens_verifies_and_believes_them(mode: str) -> None:
    wave = read(f"sealed-{mode}.json")
    for ballot in wave["ballots"]:
        row, plain = raw(ballot, "row", "plain")
        if mode == "office":
            private, public = raw(wave["urn_key"], "private", "public")
            sealed_to = seals.Urn(wave["wave"], wave["index_digest"], public)
            assert seals.OfficeOpener(sealed_to, private, len(plain)).unseal(row) == plain
        else:
            taken = committee.take_apart(row, 3, len(plain))
            shares = {x: bytes.fromhex(share) for x, share in enumerate(ballot["shares"], 1)}
            assert taken.unseal(2, shares) == plain
    verify_file((FOLDER / f"sealed-{mode}.sheet.json").read_bytes())
    record = checking.read((FOLDER / f"sealed-{mode}.record.json").read_bytes())
    assert checking.check(record) == []
