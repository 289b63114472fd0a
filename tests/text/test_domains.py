"""Domains that are likely slips, and those that only look so."""

import pytest

from app.text import domains


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmail.cmo", "gmail.com"),
        ("gmail.com.vn", "gmail.com"),
        ("yaho.com", "yahoo.com"),
        ("yahoo.con.vn", "yahoo.com.vn"),
        ("hotmial.com", "hotmail.com"),
        ("laichau.gov.vm", "laichau.gov.vn"),
        ("snv.laichau.gov.com", "snv.laichau.gov.vn"),
    ],
)
def test_a_slip_is_told_with_what_is_meant(typed: str, meant: str) -> None:
    assert domains.suspects({typed: 1}) == {typed: meant}


@pytest.mark.parametrize(
    "domain",
    [
        *("gmail.com", "mail.com", "ymail.com", "live.vn", "laichau.gov.vn", "vi-du.vn"),
        *("example.com", "sct.laichau.gov.vn", "tinhuy.laichau.gov.vn", "gov.la", "vnu.edu.vn"),
    ],
)
def test_a_domain_that_is_one_is_left_alone(domain: str) -> None:
    assert domains.suspects({domain: 1}) == {}


def test_domains_that_many_of_a_list_have_are_known_in_it() -> None:
    counts = {"laichau.gov.vn": 900, "laichua.gov.vn": 2, "laichaugov.vn": 1, "laocai.gov.vn": 30}
    assert domains.suspects(counts) == {
        "laichua.gov.vn": "laichau.gov.vn",
        "laichaugov.vn": "laichau.gov.vn",
    }
    # Two offices whose short names differ by a letter are two.
    assert domains.suspects({"stc.laichau.gov.vn": 90, "sct.laichau.gov.vn": 2}) == {}
    assert domains.suspects({"laichau.gov.vn": 4, "laichua.gov.vn": 1}) == {}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("an@laichau.gov.v", "an@laichau.gov.vn"),
        ("an@gmailcom", "an@gmail.com"),
        ("an@gmail", "an@gmail.com"),
        ("an@gmial.com.", "an@gmail.com"),
        ("an.nguyen@", None),
        ("a n@gmial.com", None),
        ("không có", None),
        ("an@gmail.com", None),
    ],
)
def test_an_address_is_mended_where_it_would_be_one(typed: str, meant: str | None) -> None:
    assert domains.mended(typed) == meant
