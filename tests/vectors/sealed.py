"""Two sealed waves of three ballots, one of a committee and one of an office, with every key.

All that is random elsewhere is drawn here from the SHA-256 of its name, so that the files come out
the same each time. No real wave has such keys.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.index import file as indexfile
from app.index.definition import Index
from app.keys import phrase, split, tokens
from app.keys.committee import Bound
from app.keys.tokens import BallotName
from app.keys.urn import Answers, Layout, seal_info
from app.papers.export import Document, WaveFacts, document, receipts_digest, to_json
from app.record import entries
from app.scores.cells import cells, chosen
from app.scores.scoring import Tally, score
from app.trustees import files
from tests.making.sheets import make_index
from tests.vectors import hpke

NEED, NUMBER = 2, 3
CODES = {"committee": "vi-du-uy-vien", "office": "vi-du-co-quan"}
NAMES = [f"sealed-{mode}{kind}.json" for mode in CODES for kind in ("", ".sheet", ".record")]
ISSUED = 4
OPENS, LAUNCHED = datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)
CLOSED, OPENED = datetime(2026, 3, 10, 10, tzinfo=UTC), datetime(2026, 3, 11, 2, tzinfo=UTC)
# Group, levels, ticks. The first is issued anew once.
SAID: list[tuple[str, int, dict[tuple[str, str], str]]] = [
    ("hdnd", 2, {("q1", "snv"): "A", ("q1", "stc"): "B", ("q2", "snv"): "A", ("m1", ""): "AC"}),
    ("hdnd", 1, {("q1", "snv"): "C", ("q1", "stc"): "-", ("q2", "snv"): "B", ("m1", ""): "-"}),
    ("xa", 1, {("q1", "snv"): "B", ("q1", "stc"): "A", ("m1", ""): "C"}),
]


def drawn(name: str) -> bytes:
    """32 bytes that stand for random ones."""
    return hashlib.sha256(f"phieu vectors {name}".encode()).digest()


def stream(name: str) -> Callable[[int], bytes]:
    """A source of such bytes."""
    blocks = count()
    return lambda number: drawn(f"{name} {next(blocks)}")[:number]


def index() -> Index:
    hdnd, xa = {"code": "hdnd"}, {"code": "xa"}
    asked: tuple[dict[str, Any], ...] = (
        {"criterion": "1.1"},
        {"criterion": "1.1", "groups": ["hdnd"]},
        {"code": "m1", "kind": "choice", "text": "Mong điều gì nhất?", "most": 2},
    )
    return make_index(
        rules={"min_ballots": 2},
        groups=(hdnd, xa),
        levels=("1", "1/2", "0"),
        units=({"code": "snv"}, {"code": "stc"}),
        questions=asked,
    )


def made() -> dict[str, bytes]:
    """Every file of sealed waves by its name."""
    return {name: to_json(value) for mode in CODES for name, value in _wave(mode)}


def _wave(mode: str) -> Iterator[tuple[str, Document]]:
    of, code = index(), CODES[mode]
    digest = indexfile.digest(of)
    head: Document = {"wave": code, "mode": mode, "index": indexfile.canonical(of)}
    head |= {"index_digest": digest, "receipt_key": drawn(f"{code} receipts").hex()}
    if mode == "committee":
        held: Document = {"need": NEED, "trustees": [_trustee(code, n + 1) for n in range(NUMBER)]}
    else:
        held = {"urn_key": _pair(drawn(f"{code} urn")), "info": seal_info(code, digest).hex()}
    ballots = [_ballot(of, head | held, place) for place in range(len(SAID))]
    ids = [bytes.fromhex(each["id"]) for each in ballots]
    urn = files.urn_digest_of(ids)
    shares = _files(head, held, ballots, urn) if mode == "committee" else {}
    tally = _tally(of)
    receipts = receipts_digest(each["receipt_hash"] for each in ballots)
    facts = WaveFacts(code, mode, True, ISSUED, 3, 3, 0, 0, CLOSED, receipts)
    sheet = document(facts, 1, of, score(of, tally, {}))
    record = _record(head, held, urn, entries.tally_digest(tally), sheet)
    yield (
        f"sealed-{mode}.json",
        head
        | held
        | {"layout": _layout(of), "ballots": ballots, "urn": urn}
        | shares
        | {"tally": _named(tally), "tally_digest": entries.tally_digest(tally)}
        | {"receipts": receipts, "record_key": drawn(f"{code} record").hex()},
    )
    yield f"sealed-{mode}.sheet.json", sheet
    yield f"sealed-{mode}.record.json", record


def _pair(private: bytes) -> Document:
    return {"private": private.hex(), "public": phrase.public_key(private).hex()}


def _trustee(code: str, place: int) -> Document:
    shown = phrase.make(stream(f"{code} phrase {place}"))
    signs = phrase.read(shown)
    private = phrase.private_key(signs, code)
    public = phrase.public_key(private)
    return {
        "place": place,
        "phrase": shown,
        "signs": signs,
        "salt": f"phieu trustee 1\0{code}".encode().hex(),
        **_pair(private),
        "key_file": files.key_file(code, public),
        "sha256": hashlib.sha256(public).hexdigest(),
        "print": phrase.print_of(public),
    }


def _layout(of: Index) -> list[Document]:
    """What each byte of a ballot behind the receipt says."""
    return [
        {"byte": 19 + place, "question": item[0], "unit": item[1], "level": level}
        for place, (item, level) in enumerate(Layout(of).columns)
    ]


def _ballot(of: Index, wave: Document, place: int) -> Document:
    group, issue, levels = SAID[place]
    code, name = wave["wave"], f"{wave['wave']} ballot {place + 1}"
    ballot = BallotName(drawn(name)[:12], issue)
    key = bytes.fromhex(wave["receipt_key"])
    receipt = tokens.receipt(key, code, ballot)
    message = code.encode() + b"\0" + ballot.packed()
    plain = receipt.encode() + Layout(of).pack(Answers(levels))
    said: Document = {
        "number": ballot.number.hex(),
        "issue": issue,
        "group": group,
        "answers": {".".join(filter(None, item)): ticks for item, ticks in levels.items()},
        "receipt_message": message.hex(),
        "receipt_hmac": hmac.digest(key, message, "sha256").hex(),
        "receipt": receipt,
        "receipt_hash": tokens.receipt_hash(receipt),
        "plain": plain.hex(),
    }
    sealed = _of_committee(wave, name, plain) if "need" in wave else _of_office(wave, name, plain)
    row = bytes.fromhex(sealed["row"])
    return said | sealed | {"id": hashlib.sha256(row).hexdigest()}


def _of_office(wave: Document, name: str, plain: bytes) -> Document:
    public, info = bytes.fromhex(wave["urn_key"]["public"]), bytes.fromhex(wave["info"])
    part = _hpke(f"{name} ephemeral", public, info, plain)
    return part | {"row": "01" + part["sealed"]}


def _of_committee(wave: Document, name: str, plain: bytes) -> Document:
    key, nonce = drawn(f"{name} key"), drawn(f"{name} nonce")[:12]
    coefficients = [drawn(f"{name} coefficients {n}") for n in range(NEED - 1)]
    values = split.split(key, NEED, NUMBER, _in_turn(coefficients))
    shares = [bytes([x]) + value for x, value in enumerate(values, 1)]
    bound = Bound(wave["wave"], wave["index_digest"])
    parts = [
        _hpke(f"{name} ephemeral {x}", bytes.fromhex(trustee["public"]), bound.info(x), share)
        for x, (trustee, share) in enumerate(zip(wave["trustees"], shares, strict=True), 1)
    ]
    hashes = [hashlib.sha256(share).digest() for share in shares]
    head = bytes([2, NUMBER]) + b"".join(bytes.fromhex(part["sealed"]) for part in parts)
    head += b"".join(hashes)
    ballot = AESGCM(key).encrypt(nonce, plain, head)
    return {
        "content_key": key.hex(),
        "coefficients": [each.hex() for each in coefficients],
        "shares": [each.hex() for each in shares],
        "share_hashes": [each.hex() for each in hashes],
        "parts": parts,
        "head": head.hex(),
        "nonce": nonce.hex(),
        "sealed_ballot": ballot.hex(),
        "row": (head + nonce + ballot).hex(),
    }


def _in_turn(given: list[bytes]) -> Callable[[int], bytes]:
    left = iter(given)
    return lambda _number: next(left)


def _hpke(name: str, public: bytes, info: bytes, plain: bytes) -> Document:
    ephemeral = X25519PrivateKey.from_private_bytes(drawn(name))
    enc = ephemeral.public_key().public_bytes_raw()
    dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    steps = hpke.schedule(dh, enc, public, info)
    return {
        "info": info.hex(),
        "ephemeral": drawn(name).hex(),
        "enc": enc.hex(),
        "dh": dh.hex(),
        **{step: value.hex() for step, value in steps.items()},
        "sealed": (enc + hpke.seal(steps, plain)).hex(),
    }


def _files(head: Document, held: Document, ballots: list[Document], urn: str) -> Document:
    """What each trustee is given, and what two of them hand in."""
    found: dict[str, list[str]] = {"given": [], "opened": []}
    order = sorted(ballots, key=lambda each: each["id"])
    for at in range(NUMBER):
        rows = [
            (bytes.fromhex(each["id"]), bytes.fromhex(each["parts"][at]["sealed"]))
            for each in order
        ]
        given = files.Given(head["wave"], head["index_digest"], at + 1, urn, rows)
        shares = {bytes.fromhex(e["id"]): bytes.fromhex(e["shares"][at]) for e in order}
        found["given"].append(files.given_file(given))
        found["opened"].append(files.opened_file(given, shares))
    return {"files": found}


def _tally(of: Index) -> Tally:
    counts = {}
    for question, unit in of.items:
        groups = of.question_of[question].groups
        said = {
            group: Counter(
                levels[question, unit]
                for its, _issue, levels in SAID
                if its == group and (question, unit) in levels
            )
            for group in groups
        }
        counts[question, unit] = cells(of, of.question_of[question], said)
    ticks: dict[str, Counter[str]] = {"hdnd": Counter(), "xa": Counter()}
    for group, _issue, levels in SAID:
        ticks[group].update(levels["m1", ""])
    asked = chosen(of, of.question_of["m1"], ticks, {"hdnd": 2, "xa": 1})
    return Tally(counts, {"snv": 3, "stc": 2}, {("m1", ""): asked})


def _named(tally: Tally) -> Mapping[str, Any]:
    counts = {".".join(filter(None, item)): said for item, said in tally.counts.items()}
    return counts | {c: said.counts if said else None for (c, _u), said in tally.choices.items()}


def _record(head: Document, held: Document, urn: str, tally: str, sheet: Document) -> Document:
    code = head["wave"]
    key = Ed25519PrivateKey.from_private_bytes(drawn(f"{code} record"))
    launch = {
        "wave": code,
        "key": entries.public(key),
        "index": head["index_digest"],
        "mode": head["mode"],
        "two_people": True,
        "issued": ISSUED,
        "opens_at": entries.written(OPENS),
        "closes_at": entries.written(CLOSED),
    }
    if "need" in held:
        keys = [bytes.fromhex(each["public"]) for each in held["trustees"]]
        launch |= {"trustees": [entries.base64_of(each) for each in keys], "need": NEED}
    else:
        launch["urn_key"] = entries.base64_of(bytes.fromhex(held["urn_key"]["public"]))
    closed = {"closed_at": entries.written(CLOSED), "cast": 3, "not_cast": 1, "urn": urn}
    counted = {"counted": 3, "void": 0, "foreign": 0, "receipts": sheet["receipts"], "tally": tally}
    scored = {"sheet": 1, "digest": sheet["digest"]}
    line: list[entries.Entry] = []
    for at, what, facts in (
        (LAUNCHED, "launch", launch),
        (CLOSED, "close", closed),
        (OPENED, "unseal", counted),
        (OPENED, "score", scored),
    ):
        line.append(entries.make(key, code, line[-1] if line else None, at, what, facts))
    return entries.document(code, entries.public(key), line)
