"""The environment: read once, and refused when unsafe."""

import ipaddress
import re
from pathlib import Path

import pytest

from app import serving
from app.settings import Relay, SettingsRefused, read

COMPOSE = Path(__file__).parent.parent / "compose.yaml"


def test_nothing_set_is_a_trial_on_this_machine() -> None:
    found = read({})
    assert found.data == Path("data")
    assert found.database_url.endswith("/data/phieu.sqlite3")
    assert found.key_file == Path("data/phieu.key")
    assert found.keys_lie_with_data
    assert found.relay is None
    assert not found.is_https


def test_a_key_file_elsewhere_does_not_lie_with_the_data() -> None:
    assert not read({"PHIEU_KEY_FILE": "/etc/phieu/phieu.key"}).keys_lie_with_data
    assert read({"PHIEU_DATA": "/x/y", "PHIEU_KEY_FILE": "/x/y/../y/k"}).keys_lie_with_data


def test_with_postgresql_no_folder_holds_both() -> None:
    assert not read(
        {"PHIEU_DATABASE_URL": "postgresql://p@db/phieu?sslmode=require"}
    ).keys_lie_with_data


def test_a_relay_is_read_with_its_secrets_unquoted() -> None:
    found = read({"PHIEU_SMTP_URL": "smtps://phieu%40so.vn:m%2Fk@mail.so.vn"})
    assert found.relay == Relay("mail.so.vn", 465, "phieu@so.vn", "m/k", tls=True)
    assert found.mail_rate == 5


def test_a_relay_on_this_machine_has_no_rate() -> None:
    assert read({"PHIEU_SMTP_URL": "smtp://127.0.0.1:2525"}).mail_rate is None
    assert read({"PHIEU_SMTP_URL": "smtp://[::1]:25", "PHIEU_MAIL_RATE": "7,5"}).mail_rate == 7.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHIEU_SMTP_URL", "mail.so.vn:25"),
        ("PHIEU_SMTP_URL", "smtp://"),
        ("PHIEU_SMTP_URL", "smtp://mail:99999"),
        ("PHIEU_SMTP_URL", "http://mail"),
        ("PHIEU_MAIL_RATE", "nhanh"),
        ("PHIEU_MAIL_RATE", "0"),
        ("PHIEU_MAIL_RATE", "-1"),
        ("PHIEU_MAIL_RATE", "nan"),
        ("PHIEU_BASE_URL", "phieu.so.vn"),
        ("PHIEU_BASE_URL", "http://phieu.so.vn"),
        ("PHIEU_BASE_URL", "https://phieu.so.vn/?a=b"),
        ("PHIEU_DATABASE_URL", "mysql://db/phieu"),
    ],
)
def test_a_wrong_or_unsafe_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused, match=name):
        read({name: value})


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://[::1]:8000/", "https://a.vn/phieu/"]
)
def test_a_base_url_has_no_slash_at_its_end(url: str) -> None:
    assert read({"PHIEU_BASE_URL": url}).base_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://p:mk@db.tinh.gov.vn/phieu",
        "postgresql://p:mk@db.tinh.gov.vn:5433/phieu?sslmode=prefer",
        "postgres://p:mk@10.0.0.5/phieu?sslmode=allow",
        "postgresql://p:mk@[2001:db8::5]/phieu",
        "postgresql://p:mk@localhost,db2/phieu",
        "postgresql://p:mk@/phieu?host=db.tinh.gov.vn",
        "postgresql://p:mk@/phieu?host=/var/run&host=db2:5432",
        "postgresql://p:mk@localhost/phieu?hostaddr=10.0.0.5",
        "postgresql://p:mk@db/phieu?sslmode=require&sslmode=prefer",
        "postgresql://p:m[k@db/phieu?sslmode=require",
    ],
)
def test_a_database_elsewhere_without_tls_is_refused_and_no_password_is_shown(url: str) -> None:
    with pytest.raises(SettingsRefused, match="PHIEU_DATABASE_URL") as refused:
        read({"PHIEU_DATABASE_URL": url})
    assert "mk" not in str(refused.value)
    assert "m[k" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://p:mk@localhost/phieu",
        "postgresql://p:mk@127.0.0.1:5433/phieu",
        "postgresql://p:mk@[::1]/phieu",
        "postgresql:///phieu",
        "postgresql://p@/phieu?host=/var/run/postgresql",
        "postgresql://p@/phieu?host=localhost:5433",
        "postgresql://p:mk@db/phieu?sslmode=require",
        "postgresql://p:mk@db/phieu?sslmode=verify-ca",
        "postgres://p:mk@db/phieu?sslmode=verify-full&sslrootcert=/ca.pem",
        "postgresql://p:mk@database/phieu?sslmode=disable",  # told: it stays on its own network
    ],
)
def test_a_database_here_or_behind_tls_or_as_told_is_taken(url: str) -> None:
    found = read({"PHIEU_DATABASE_URL": url}).database_url
    assert found.partition(":")[2] == url.partition(":")[2]


def test_what_the_address_leaves_out_is_read_as_the_driver_reads_it() -> None:
    with pytest.raises(SettingsRefused, match="PHIEU_DATABASE_URL"):
        read({"PHIEU_DATABASE_URL": "postgresql:///phieu", "PGHOST": "db.tinh.gov.vn"})
    read({"PHIEU_DATABASE_URL": "postgresql:///phieu", "PGHOST": "/var/run/postgresql"})
    read({"PHIEU_DATABASE_URL": "postgresql://p@db/phieu", "PGSSLMODE": "verify-full"})


def test_the_containers_have_settings_that_are_taken() -> None:
    compose = COMPOSE.read_text("utf-8")
    environment = dict(re.findall(r"^ +(PHIEU_\w+|FORWARDED_\w+): (.*)$", compose, re.MULTILINE))
    values = {
        name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", re.sub(r"\$\{\w+:\?[^}]*\}", "x", value))
        for name, value in environment.items()
    }
    values |= {"PHIEU_BASE_URL": "https://phieu.vi-du.vn", "PHIEU_SMTP_URL": "smtp://mail"}
    configured = read(values)
    assert not configured.is_sqlite
    serving.must_know_its_proxy(values, configured)
    gateway = ipaddress.ip_address(values["FORWARDED_ALLOW_IPS"])
    (subnet,) = re.findall(r"subnet: (\S+)", compose)
    assert gateway in ipaddress.ip_network(subnet)
    assert f"gateway: {gateway}" in compose
