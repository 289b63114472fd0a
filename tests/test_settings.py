"""The environment: read once, and refused when unsafe."""

import ipaddress
import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.commands import serving
from app.settings import Inbox, Relay, SettingsRefused, read
from tests.making.running import waiting_program

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


def test_the_way_back_has_a_place_for_the_mark_of_each_letter() -> None:
    def filled(address: str) -> str:
        found = read({"PHIEU_BOUNCE_ADDRESS": address}).return_path
        assert found is not None
        return found.filled("7-ab")

    assert filled("Tra-Lai@so.gov.vn") == "tra-lai+7-ab@so.gov.vn"
    assert filled("tra-lai-*@so.gov.vn") == "tra-lai-7-ab@so.gov.vn"
    assert filled("*@tra-lai.so.gov.vn") == "7-ab@tra-lai.so.gov.vn"
    imap = {"PHIEU_BOUNCE_IMAP": "imaps://tra%40so.vn:m%2Fk@mail.so.vn/Thu%20ve"}
    with pytest.raises(SettingsRefused, match="PHIEU_BOUNCE_ADDRESS"):
        read(imap)
    found = read({**imap, "PHIEU_BOUNCE_ADDRESS": "tra@so.vn"}).inbox
    assert found == Inbox("mail.so.vn", 993, "tra@so.vn", "m/k", "Thu ve", tls=True)


def test_a_relay_on_this_machine_has_no_rate() -> None:
    assert read({"PHIEU_SMTP_URL": "smtp://127.0.0.1:2525"}).mail_rate is None
    assert read({"PHIEU_SMTP_URL": "smtp://[::1]:25", "PHIEU_MAIL_RATE": "7,5"}).mail_rate == 7.5
    assert [read(each).contacts_months for each in ({}, {"PHIEU_CONTACTS_MONTHS": "6"})] == [18, 6]


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
        *(
            ("PHIEU_CONTACTS_MONTHS", value)
            for value in ("3", "19", "0", "-6", "18,0", "mãi", "６")
        ),
        ("PHIEU_BOUNCE_ADDRESS", "tra-lai"),
        ("PHIEU_BOUNCE_ADDRESS", "thư@so.gov.vn"),
        ("PHIEU_BOUNCE_ADDRESS", "a*b*c@so.gov.vn"),
        ("PHIEU_BOUNCE_ADDRESS", f"{'a' * 40}@so.gov.vn"),
        ("PHIEU_BOUNCE_IMAP", "imaps://mail.so.gov.vn/INBOX"),
        ("PHIEU_BOUNCE_IMAP", "pop3://u:p@mail.so.gov.vn"),
        ("PHIEU_BOUNCE_FOLDER", "/khong/co"),
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


SECRET = "Bi-Mat-0913"

WRONG = {
    "PHIEU_SMTP_URL": [
        f"smtp://u:{SECRET}[ss@mail.so.vn",
        f"smtp://u:{SECRET}]ss@mail.so.vn",
        f"smtp://u:{SECRET}/ss@mail.so.vn",
        f"smtp://u:12/{SECRET}@mail.so.vn",
        f"smtp://u:{SECRET}?ss@mail.so.vn",
        f"smtp://u:{SECRET}#ss@mail.so.vn",
        f"smtp://u:{SECRET}%ss@mail.so.vn",
        f"smtp://u:{SECRET}%ff@mail.so.vn",
        f"smtp://u:{SECRET} ss@mail.so.vn",
        f"smtp://:{SECRET}@mail.so.vn",
        "smtp://u@mail.so.vn",
        f"smtp://u:{SECRET}@",
        f"smtp://u:{SECRET}@mail.so.vn:0",
        f"smtp://u:{SECRET}@mail.so.vn:65536",
        f"smtp://u:{SECRET}@mail.so.vn:abc",
        f"smtp://u:{SECRET}@mail.so.vn:٢٥",
        f"smtp://u:{SECRET}@mail.so.vn:",
        f"smtp://u:{SECRET}@mail.so.vn:-1",
        f"smtp://u:{SECRET}@mail.so.vn/x",
        f"smtp://u:{SECRET}@mail.so.vn?tls=no",
        f"smtp://u:{SECRET}@thư.so.vn",
        f"smtp://u:{SECRET}@mail..vn",
        f"smtp://u:{SECRET}@-mail.vn",
        f"smtp://u:{SECRET}@{'a' * 64}.vn",
        f"smtp://u:{SECRET}@{'a.' * 200}vn",
        f"smtp://u:{SECRET}@[::1",
        f"smtp://u:{SECRET}@[fe80::1%eth0]",
        f"smtp://u:{SECRET}@::1",
        f"smtp://u:{SECRET}@mail\\so.vn",
        f"smtp://u:{SECRET}@ma\nil.so.vn",
        f"smtp://u:{SECRET}@mail\u200b.so.vn",
        f"smtp://u:{SECRET}@mail.so.vn\udcff",
        f"smtp:u:{SECRET}@mail.so.vn",
        f"imap://u:{SECRET}@mail.so.vn",
        f"u:{SECRET}@mail.so.vn",
        "smtp://[",
        "[",
        "::",
    ],
    "PHIEU_BASE_URL": [
        "https://phieu so.vn",
        "https://phieu.so.vn /x",
        "https://[phieu.so.vn",
        "https://phieu].so.vn",
        "https://[::1",
        "https://phiếu.so.vn",
        "https://phieu.so.vn:abc",
        "https://phieu.so.vn:",
        "https://phieu.so.vn:0",
        "https://phieu.so.vn:70000",
        f"https://u:{SECRET}@phieu.so.vn",
        "https://u@phieu.so.vn",
        "https://@phieu.so.vn",
        "https://phieu.so.vn?",
        "https://phieu.so.vn/#",
        "https://phieu.so.vn/a/../b",
        "https://phieu.so.vn//a",
        "https://phieu.so.vn/a%0d%0ab",
        "https://phieu.so.vn/phiếu",
        "https://phieu.so.vn/a b",
        "https://phieu.so.vn/a;b",
        "https://phieu.so.vn\\@xau.vn",
        "https://phieu.so.vn\r\nBcc: x@y.vn",
        "https://phieu.so.vn/" + "a" * 300,
        "https://",
        "https:///x",
        "//phieu.so.vn",
        "https://phieu_.so.vn.",
        "https://." + "vn",
        "javascript:alert(1)",
        "ftp://phieu.so.vn",
        "http://192.168.1.5:8000",
        "[",
    ],
    "PHIEU_MAIL_FROM": [
        "phieu",
        "phieu@",
        "@so.vn",
        "phiếu@so.vn",
        "phieu@sở.vn",
        "a b@so.vn",
        "a@so.vn, b@so.vn",
        "a@so.vn;b@so.vn",
        "a@so.vn\nBcc: x@y.vn",
        "a@so.vn\x00",
        "<>",
        "Sở Nội vụ",
        "Sở Nội vụ, tỉnh <a@so.vn>",
        "a..b@so.vn",
        ".a@so.vn",
        "a@so..vn",
        "a@[127.0.0.1]",
        f"{'a' * 65}@so.vn",
        f"a@{'b.' * 130}vn",
        "a@so.vn\u202e",
    ],
    "PHIEU_MAIL_RATE": [
        *("nan", "inf", "-inf", "Infinity", "1e-300", "1e3", "0.001", "0", "-5", "+5", "10001"),
        *("٥", "５", "1_0", "5 thư", "0x10", "1/2", "1,2,3", "99999999999", "5\x00"),
    ],
    "PHIEU_DATA": ["a\nb", "a\x00b", "a" * 5000],
    "PHIEU_KEY_FILE": ["a\nb", "a\x00b", "a" * 5000],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_an_odd_setting_is_refused_by_name_with_the_remedy_and_without_its_secret(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read({name: value})
    (words,) = str(refused.value).split("\n")
    assert words.startswith(name)
    assert len(words) > len(name) + 20
    assert SECRET not in words
    assert len(words) < 400
    words.encode()


def test_all_faults_are_told_at_once() -> None:
    wrong = {name: values[0] for name, values in WRONG.items()}
    with pytest.raises(SettingsRefused) as refused:
        read({**wrong, "PHIEU_DATABASE_URL": "mysql://db/phieu"})
    told = [line.partition(" ")[0].rstrip(":") for line in str(refused.value).split("\n")]
    assert sorted(told) == sorted([*wrong, "PHIEU_DATABASE_URL"])


@pytest.mark.parametrize(
    ("value", "relay"),
    [
        ("smtp://u:pa%5Bss@m.vn", Relay("m.vn", 587, "u", "pa[ss", tls=False)),
        ("smtp://u:a%25b%40c%3A@m.vn:25", Relay("m.vn", 25, "u", "a%b@c:", tls=False)),
        ("smtp://u:mật@khẩu@m.vn", Relay("m.vn", 587, "u", "mật@khẩu", tls=False)),
        ("SMTPS://u:p@M.VN/", Relay("m.vn", 465, "u", "p", tls=True)),
        ("smtp://u:p@[2001:db8::1]:2525", Relay("2001:db8::1", 2525, "u", "p", tls=False)),
        ("smtp://mail_relay:25", Relay("mail_relay", 25, None, None, tls=False)),
        ('"smtp://u:p@m.vn"', Relay("m.vn", 587, "u", "p", tls=False)),
        (" smtp://u:p@m.vn\r\n", Relay("m.vn", 587, "u", "p", tls=False)),
        ("'smtp://u:p\"@m.vn'", Relay("m.vn", 587, "u", 'p"', tls=False)),
        ("", None),
        ("  ", None),
        ('""', None),
    ],
)
def test_a_relay_is_taken_as_it_is_meant(value: str, relay: Relay | None) -> None:
    assert read({"PHIEU_SMTP_URL": value}).relay == relay


@pytest.mark.parametrize(
    ("value", "base"),
    [
        ('"https://a.vn"', "https://a.vn"),
        (" 'https://a.vn/' ", "https://a.vn"),
        ("HTTPS://Phieu.SO.vn", "https://phieu.so.vn"),
        ("https://a.vn:8443/phieu-cchc/x_1/", "https://a.vn:8443/phieu-cchc/x_1"),
        ("https://xn--phiu-zq5a.so.vn", "https://xn--phiu-zq5a.so.vn"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.2:8000", "http://127.0.0.2:8000"),
        ("", "http://127.0.0.1:8000"),
        ('" "', "http://127.0.0.1:8000"),
    ],
)
def test_a_base_url_has_one_writing(value: str, base: str) -> None:
    found = read({"PHIEU_BASE_URL": value})
    assert found.base_url == base
    assert found.is_https == base.startswith("https")


def test_a_host_with_accents_is_told_in_the_form_to_write() -> None:
    with pytest.raises(SettingsRefused, match="xn--"):
        read({"PHIEU_BASE_URL": "https://phiếu.so.vn"})


def test_a_sender_may_have_a_name_and_quotes_around() -> None:
    for value, kept in (
        ("Sở Nội vụ <a@so.vn>", "Sở Nội vụ <a@so.vn>"),
        ('"Sở Nội vụ, tỉnh" <a@so.vn>', '"Sở Nội vụ, tỉnh" <a@so.vn>'),
        ("'a@so.vn'", "a@so.vn"),
        ("phieu+cchc@mail.so.vn", "phieu+cchc@mail.so.vn"),
        ("phieu@localhost", "phieu@localhost"),
        ("", None),
    ):
        assert read({"PHIEU_MAIL_FROM": value}).mail_from == kept


def test_a_rate_is_a_plain_number() -> None:
    for value, rate in (("5", 5), ("0,5", 0.5), ("0.01", 0.01), ("10000", 10_000), (' "7" ', 7)):
        assert read({"PHIEU_MAIL_RATE": value}).mail_rate == rate


@given(name=st.sampled_from(sorted(WRONG)), value=st.text(max_size=80))
@example(name="PHIEU_SMTP_URL", value="smtp://a:b@[::1]x:1")
@example(name="PHIEU_BASE_URL", value="https://a.vn/℀")
@example(name="PHIEU_BASE_URL", value="https://a℀.vn")
def test_no_text_at_all_ends_in_a_traceback(name: str, value: str) -> None:
    for prefix in ("", "smtp://", "https://"):
        try:
            found = read({name: prefix + value})
        except SettingsRefused:
            continue
        assert found.base_url.isascii()
        assert found.host


def test_folders_and_files_stand_where_they_are_said_to(tmp_path: Path) -> None:
    file = tmp_path / "tệp"
    file.write_text("x")
    for environment, words in (
        ({"PHIEU_DATA": str(file)}, "PHIEU_DATA phải là một thư mục"),
        ({"PHIEU_DATA": str(file / "x")}, "PHIEU_DATA: không dùng được"),
        ({"PHIEU_KEY_FILE": str(tmp_path)}, "PHIEU_KEY_FILE phải là một tệp"),
        ({"PHIEU_KEY_FILE": str(file / "x")}, "PHIEU_KEY_FILE: không dùng được"),
    ):
        with pytest.raises(SettingsRefused, match=words) as refused:
            read(environment)
        assert "\n" not in str(refused.value)
    read({"PHIEU_DATA": str(tmp_path / "new"), "PHIEU_KEY_FILE": str(tmp_path / "k" / "phieu.key")})


def test_a_key_file_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "phieu.key"
    file.write_text("{}")
    # Root reads every file.
    monkeypatch.setattr("app.settingpaths.os.access", lambda path, _mode: path != file)
    with pytest.raises(SettingsRefused, match="PHIEU_KEY_FILE: không đọc được"):
        read({"PHIEU_KEY_FILE": str(file)})


@pytest.mark.parametrize("command", [["serve"], ["send"], ["staff", "list"], ["audit", "verify"]])
def test_every_command_tells_all_faults_and_ends_with_status_1(
    command: list[str], tmp_path: Path
) -> None:
    wrong = {
        "PHIEU_SMTP_URL": f"smtp://u:{SECRET}[ss@mail.so.vn",
        "PHIEU_BASE_URL": "https://phieu so.vn",
        "PHIEU_MAIL_RATE": "nan",
        "PHIEU_DATA": str(tmp_path / "data"),
    }
    ended = waiting_program().run(tuple(command), tmp_path, {**os.environ, **wrong})
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    for name in ("PHIEU_SMTP_URL", "PHIEU_BASE_URL", "PHIEU_MAIL_RATE"):
        assert name in ended.stderr
    assert SECRET not in ended.stderr + ended.stdout
    assert not (tmp_path / "data").exists()


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
    for near in ("postgresql:///phieu", "postgresql://p@localhost/phieu"):
        with pytest.raises(SettingsRefused, match=r"10\.0\.0\.5"):
            read({"PHIEU_DATABASE_URL": near, "PGHOSTADDR": "10.0.0.5"})
    read({"PHIEU_DATABASE_URL": "postgresql:///phieu?hostaddr=::1", "PGHOSTADDR": "10.0.0.5"})
    read({"PHIEU_DATABASE_URL": "postgresql:///phieu", "PGHOST": "/var/run/postgresql"})
    read({"PHIEU_DATABASE_URL": "postgresql://p@db/phieu", "PGSSLMODE": "verify-full"})


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "5432x"])
def test_a_port_of_the_database_that_is_none_is_refused_in_words(port: str) -> None:
    with pytest.raises(SettingsRefused, match=r"PHIEU_DATABASE_URL.*cổng là số") as refused:
        read({"PHIEU_DATABASE_URL": f"postgresql://p:mk@db:{port}/phieu?sslmode=require"})
    assert "mk" not in str(refused.value)


def test_the_containers_have_settings_that_are_taken() -> None:
    compose = COMPOSE.read_text("utf-8")
    environment = dict(re.findall(r"^ +(PHIEU_\w+|FORWARDED_\w+): (.*)$", compose, re.MULTILINE))
    values = {
        name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", re.sub(r"\$\{\w+:\?[^}]*\}", "x", value))
        for name, value in environment.items()
    }
    values |= {"PHIEU_BASE_URL": "https://phieu.vi-du.vn", "PHIEU_SMTP_URL": "smtp://mail"}
    values |= {"PHIEU_MAIL_FROM": "phieu@vi-du.vn"}
    configured = read(values)
    assert not configured.is_sqlite
    serving.must_know_its_proxy(values, configured)
    gateway = ipaddress.ip_address(values["FORWARDED_ALLOW_IPS"])
    (subnet,) = re.findall(r"subnet: (\S+)", compose)
    assert gateway in ipaddress.ip_network(subnet)
    assert f"gateway: {gateway}" in compose


def test_a_word_for_the_figures_is_long_enough_that_nobody_guesses_it() -> None:
    assert read({}).metrics_token is None
    word = "0123456789abcdef01234567"
    assert read({"PHIEU_METRICS_TOKEN": word}).metrics_token == word
    for short in ("bi-mat", word[:-1], word[:-3] + "ộ dài", f"{word} {word}"):
        with pytest.raises(SettingsRefused) as refused:
            read({"PHIEU_METRICS_TOKEN": short})
        assert "PHIEU_METRICS_TOKEN" in str(refused.value)
        assert short not in str(refused.value)


def test_the_log_is_text_unless_json_is_asked_for() -> None:
    assert read({}).log_format == "text"
    assert read({"PHIEU_LOG": "json"}).log_format == "json"
    with pytest.raises(SettingsRefused, match="PHIEU_LOG là text hoặc json"):
        read({"PHIEU_LOG": "xml"})
