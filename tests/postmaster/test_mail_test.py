"""`phieu mail test` says in plain words what is wrong with relay and names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from app.postmaster import records, trial
from app.postmaster.records import BAD, LOOK, OK, NoAnswer, Word
from app.settings import Relay, ReturnPath, Settings, read
from tests.making.smtp import smtp_server

NOW = datetime(2026, 2, 20, tzinfo=UTC)
GOOD = {
    "TXT so.gov.vn": ["v=spf1 include:_spf.gov.vn -all"],
    "TXT _spf.gov.vn": ["v=spf1 ip4:198.41.0.0/24 -all"],
    "A relay.gov.vn": ["198.41.0.4"],
    "MX so.gov.vn": ["relay.gov.vn"],
    "TXT a1._domainkey.so.gov.vn": ["v=DKIM1; k=rsa; p=MIIB"],
    "TXT _dmarc.so.gov.vn": ["v=DMARC1; p=quarantine"],
}


@dataclass
class Made:
    """A made-up DNS."""

    said: Mapping[str, list[str]]
    asked: list[str] = field(default_factory=list)

    def txt(self, name: str) -> list[str]:
        self.asked.append(name)
        return self.said.get(f"TXT {name}", [])

    def addresses(self, name: str) -> list[str]:
        return self.said.get(f"A {name}", [])

    def mail_hosts(self, name: str) -> list[str]:
        return self.said.get(f"MX {name}", [])

    def exists(self, name: str) -> bool:
        return any(key.endswith(name) for key in self.said)


class Silent(Made):
    def txt(self, name: str) -> list[str]:
        raise NoAnswer


def look(changes: Mapping[str, list[str]], envelope: str = "phieu@so.gov.vn") -> dict[str, Word]:
    found = records.all_of(Made({**GOOD, **changes}), "phieu@so.gov.vn", envelope, "relay.gov.vn")
    return {each.words.partition(":")[0]: each for each in found}


def test_a_sender_that_all_vouch_for_passes() -> None:
    assert {each.state for each in look({}).values()} == {OK}


@pytest.mark.parametrize(
    ("changes", "what", "state", "words"),
    [
        ({"TXT so.gov.vn": []}, "SPF", BAD, "chưa có"),
        ({"TXT so.gov.vn": ["v=spf1 -all", "v=spf1 mx"]}, "SPF", BAD, "2 bản ghi"),
        ({"TXT so.gov.vn": ["v=spf1 ip4:192.0.2.0/24 -all"]}, "SPF", LOOK, "không kể"),
        ({"TXT so.gov.vn": ["v=spf1 mx -all"]}, "SPF", OK, "đạt"),
        ({"TXT so.gov.vn": ["v=spf1 a:relay.gov.vn/24 ~all"]}, "SPF", OK, "đạt"),
        (
            {"TXT so.gov.vn": ["v=spf1 -ip4:198.41.0.4 ip4:198.41.0.0/24"]},
            "SPF",
            LOOK,
            "không kể",
        ),
        ({"TXT so.gov.vn": ["v=spf1 redirect=_spf.gov.vn"]}, "SPF", OK, "đạt"),
        ({"TXT _spf.gov.vn": ["v=spf1 include:so.gov.vn"]}, "SPF", LOOK, "không kể"),
        ({"TXT so.gov.vn": ["v=spf1 " + "a:x.vn " * 11]}, "SPF", BAD, "quá 10"),
        ({"A relay.gov.vn": []}, "SPF", LOOK, "không biết địa chỉ"),
        ({"A relay.gov.vn": ["10.0.0.7"]}, "SPF", LOOK, "địa chỉ nội bộ"),
        ({"TXT _dmarc.so.gov.vn": []}, "DMARC", LOOK, "chưa có"),
        ({"TXT _dmarc.so.gov.vn": ["v=DMARC1; rua=mailto:a@b.vn"]}, "DMARC", BAD, "không có p="),
        ({"MX so.gov.vn": []}, "Thư trả lại", BAD, "không ai nhận"),
    ],
)
def test_what_is_missing_is_named(
    changes: Mapping[str, list[str]], what: str, state: str, words: str
) -> None:
    found = look(changes)[what]
    assert (found.state, words in found.words) == (state, True), found


def test_bounces_to_another_domain_leave_only_dkim() -> None:
    found = look({"MX khac.vn": ["mx.khac.vn"]}, "tra-lai@khac.vn")
    assert found["DMARC"].state == BAD
    # Below the same domain it counts as well.
    assert look({}, "tra-lai@thu.so.gov.vn")["DMARC"].state == OK


def test_a_key_of_dkim_is_looked_at_by_its_name() -> None:
    names = Made(GOOD)
    assert records.dkim(names, "so.gov.vn", "a1").state == OK
    assert records.dkim(names, "so.gov.vn", "a2").state == BAD
    assert records.dkim(Made({}), "so.gov.vn", "").state == LOOK


@pytest.fixture
def configured() -> Settings:
    return read({"PHIEU_MAIL_FROM": "phieu@so.gov.vn"})


def test_without_dns_it_says_so(configured: Settings) -> None:
    for names in (Silent(GOOD), Made({})):
        (only,) = trial.of_names(names, configured, "phieu@so.gov.vn")
        assert (only.state, "Không hỏi được DNS" in only.words) == (LOOK, True)


@pytest.mark.parametrize(
    ("step", "answer", "words"),
    [
        ("mail", "550 5.7.1 not you", "không nhận người gửi"),
        ("rcpt", "550 5.1.1 unknown", "không nhận thư tới"),
        ("rcpt", "554 5.7.1 Relay access denied", "PHIEU_MAIL_FROM"),
        ("dot", "550 5.7.60 Client cannot send as this sender", "PHIEU_MAIL_FROM"),
    ],
)
def test_a_relay_that_does_not_take_the_letter_is_told_by_its_step(
    configured: Settings, step: str, answer: str, words: str
) -> None:
    with smtp_server(lambda at, _to: answer if at == step else None) as server:
        relay = Relay("127.0.0.1", server.port, None, None, tls=False)
        found = trial.of_relay(configured, relay, "phieu@so.gov.vn", "an@vi-du.vn", NOW)
    assert (found.state, words in found.words) == (BAD, True), found


def test_the_letter_goes_out_as_the_others_do(configured: Settings) -> None:
    settings = replace(configured, return_path=ReturnPath("tra-lai+", "@so.gov.vn"))
    with smtp_server() as server:
        relay = Relay("127.0.0.1", server.port, None, None, tls=False)
        found = trial.of_relay(settings, relay, "phieu@so.gov.vn", "an@vi-du.vn", NOW)
    assert found.state == OK
    (kept,) = server.kept
    assert kept.sender.startswith("tra-lai+")
    assert kept.message["From"] == "phieu@so.gov.vn"
    wrong = trial.of_relay(configured, relay, "phieu@so.gov.vn", "an nguyễn@vi-du.vn", NOW)
    assert "không dùng được" in wrong.words
    gone = trial.of_relay(configured, replace(relay, port=1), "phieu@so.gov.vn", "an@vi-du.vn", NOW)
    assert "Không kết nối được" in gone.words
