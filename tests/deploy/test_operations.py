"""What an operator takes: it is all told of, and none of it writes down what nobody is to know."""

import re
from pathlib import Path

import pytest

from deploy.bundle import SERVICE

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "operations.md").read_text("utf-8")
NGINX = (HOUSE / "deploy" / "nginx-phieu.conf").read_text("utf-8")
FILES = sorted(
    path.name
    for path in (HOUSE / "deploy").iterdir()
    if "phieu" in path.name or "fail2ban" in path.name
)


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_told_of_and_says_where_it_goes(name: str) -> None:
    assert f"`deploy/{name}`" in PAGE
    assert (HOUSE / "deploy" / name).read_text("utf-8").startswith("# /etc/")


def test_the_page_names_no_file_that_is_not_there() -> None:
    assert set(re.findall(r"deploy/([\w.-]+)", PAGE)) == set(FILES) == set(SERVICE)


def test_the_guide_shows_the_unit_that_ships() -> None:
    unit = (HOUSE / "deploy" / "phieu.service").read_text("utf-8")
    said = "".join(line for line in unit.splitlines(True) if not line.startswith("#"))
    assert said in (HOUSE / "docs" / "huong-dan.md").read_text("utf-8")


def test_no_log_of_the_proxy_says_where_somebody_went() -> None:
    logs = re.findall(r"^\s*access_log (.*);", NGINX, re.MULTILINE)
    assert logs == ["off", "/var/log/phieu/tries.log phieu_tries if=$phieu_tries"]
    (form,) = re.findall(r"^log_format phieu_tries '(.*)';", NGINX, re.MULTILINE)
    assert set(re.findall(r"\$\w+", form)) == {"$time_iso8601", "$remote_addr", "$status"}
    # Below this level a line quotes the request.
    assert set(re.findall(r"error_log \S+ (\w+);", NGINX)) == {"crit"}
    assert "gzip off;" in NGINX


def test_fail2ban_reads_the_log_as_the_proxy_writes_it() -> None:
    written = (HOUSE / "deploy" / "fail2ban-filter.conf").read_text("utf-8")
    (pattern,) = re.findall(r"failregex = (.*)", written)
    # fail2ban takes the time out of the line first.
    known = re.compile(pattern.replace("<HOST>", r"(?P<host>\S+)"))
    found = known.match(" 203.0.113.9 429")
    assert found
    assert found["host"] == "203.0.113.9"
    assert not known.match(" 203.0.113.9 200")
    jail = (HOUSE / "deploy" / "fail2ban-jail.conf").read_text("utf-8")
    assert "logpath = /var/log/phieu/tries.log" in jail
