"""The environment: read once, and refused when unsafe."""

from pathlib import Path

import pytest

from app.settings import Relay, SettingsRefused, read


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
