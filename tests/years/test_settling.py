"""A lineage settled on a page: what is asked, and what the answers make."""

import pytest

from app.index.faults import IndexFault
from app.years import lineage, settling
from app.years.lineage import Lineage, Link
from app.years.settling import Asked
from tests.years.test_lineage import GOOD, NOW, THEN


def units(found: Lineage | None = None) -> Asked:
    return settling.asked(NOW, THEN, found)[0]


def answered(became: dict[str, str], came: dict[str, str]) -> tuple[Link, ...]:
    return settling.settled(NOW, THEN, "units", became, came)


def test_only_what_is_not_plain_is_asked() -> None:
    asked = units()
    assert [(ask.code, ask.chosen) for ask in asked.then] == [("stttt", ""), ("snn", "")]
    assert [(ask.code, ask.chosen) for ask in asked.now] == [("snn1", ""), ("snn2", "")]
    criteria = settling.asked(NOW, THEN, None)[1]
    assert [ask.code for ask in (*criteria.then, *criteria.now)] == ["1.3", "2.1"]


def test_answers_merge_split_rename_and_part() -> None:
    gone = {"stttt": "", "snn": ""}
    assert answered(gone, {"snn1": "", "snn2": ""}) == ()
    assert answered({**gone, "stttt": "skhcn"}, {}) == (Link(("stttt", "skhcn"), ("skhcn",)),)
    assert answered({**gone, "snn": "snn1"}, {}) == (Link(("snn",), ("snn1",)),)
    assert answered({**gone, "snn": "snn1"}, {"snn2": "snn"}) == (Link(("snn",), ("snn1", "snn2")),)
    assert answered(gone, {"snn1": "snv"}) == (Link(("snv",), ("snv", "snn1")),)
    assert answered({**gone, "snv": ""}, {}) == (Link(("snv",), ()),)


def test_both_at_once_is_refused() -> None:
    with pytest.raises(IndexFault, match="stttt, skhcn và skhcn, snn1: vừa gộp vừa tách"):
        answered({"stttt": "skhcn"}, {"snn1": "skhcn"})


def test_what_is_kept_is_asked_again_and_gives_the_same() -> None:
    kept = lineage.parse(GOOD, NOW, THEN)
    for asked, kind in zip(settling.asked(NOW, THEN, kept), lineage.KINDS, strict=True):
        became = {ask.code: ask.chosen for ask in asked.then}
        came = {ask.code: ask.chosen for ask in asked.now}
        links = settling.settled(NOW, THEN, kind, became, came)
        # Who was new although the code is old is told by its earlier one being gone.
        wanted = getattr(kept, kind)
        if kind == "criteria":
            wanted = (wanted[0], Link(("1.2",), ()))
        assert links == wanted
