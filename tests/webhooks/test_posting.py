"""A message over a real connection: to the address that was looked at, verified, in its time."""

import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.webhooks import addresses, posting, signing
from app.webhooks.posting import NotTaken
from tests.making.receiver import HOST, Receiver, receiving

BODY = b'{"type": "trial"}'


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with receiving(tmp_path_factory.mktemp("receiver")) as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def fresh(receiver: Receiver) -> None:
    receiver.came.clear()
    receiver.answer = 204


def test_a_message_is_handed_over_as_it_is(receiver: Receiver) -> None:
    place = addresses.read(receiver.address)
    secret = signing.new_secret()
    headers = signing.headers(secret, "msg_1", 1_700_000_000, BODY)
    assert posting.post(place, BODY, headers, receiver.outside()) == 204
    ((path, sent, body),) = receiver.came
    assert (path, body, sent["host"]) == ("/nhan?tu=phieu", BODY, f"{HOST}:{receiver.port}")
    assert sent["content-type"] == "application/json"
    # As the specification says it, by hand.
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    expected = "v1," + b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    assert sent["webhook-signature"] == expected
    assert (sent["webhook-id"], sent["webhook-timestamp"]) == ("msg_1", "1700000000")
    assert len(key) == 32


def test_the_example_of_the_specification_gets_its_signature() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    got = signing.headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert got["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = 307
    assert posting.post(addresses.read(receiver.address), BODY, {}, receiver.outside()) == 307
    assert len(receiver.came) == 1


def test_only_a_certificate_that_is_trusted_and_of_that_name_is_taken(receiver: Receiver) -> None:
    place, outside = addresses.read(receiver.address), receiver.outside()
    for other, way in (
        (replace(place, host="khac.vi-du.vn"), outside),
        (place, replace(outside, trusted=type(outside)().trusted)),
    ):
        with pytest.raises(NotTaken, match="Chứng thư"):
            posting.post(other, BODY, {}, way)
    assert receiver.came == []


def test_a_name_is_asked_for_once_and_just_its_answer_is_connected_to(receiver: Receiver) -> None:
    """A name server that gives another answer the second time leads nowhere else."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    outside = replace(receiver.outside(), resolve=resolve)
    assert posting.post(addresses.read(receiver.address), BODY, {}, outside) == 204
    assert asked == [HOST]
    # Now it resolves to what is not allowed: nothing is connected to.
    with pytest.raises(NotTaken, match="mạng nội bộ"):
        posting.post(addresses.read(receiver.address), BODY, {}, outside)
    assert len(receiver.came) == 1


def test_who_answers_a_byte_at_a_time_is_not_waited_for(receiver: Receiver) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        for _second in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.05)

    receiver.answer = drip
    begun = time.monotonic()
    with pytest.raises(NotTaken, match="không trả lời"):
        posting.post(addresses.read(receiver.address), BODY, {}, receiver.outside(seconds=0.3))
    assert time.monotonic() - begun < 2


def test_nobody_there_is_said_so(receiver: Receiver, tmp_path: Path) -> None:
    with receiving(tmp_path) as gone:
        place = addresses.read(gone.address)
    with pytest.raises(NotTaken, match="Không kết nối được"):
        posting.post(place, BODY, {}, receiver.outside())
