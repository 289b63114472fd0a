"""A small index that touches every table, as a file and as its canonical content; and ways to
break it."""

import copy
from typing import Any

import pytest

from app.index import file as indexfile
from app.index.faults import Fault, IndexFault

SMALL = """
format = 1

[index]
code = "nho-2024"
name = "  Bộ chỉ số nhỏ  "
year = 2024
max_points = 3.50
survey_points = "5/2"

[[blocks]]
code = "so"
name = "Sở"

[[units]]
code = "snv"
name = "Sở Nội vụ"
block = "so"

[[components]]
code = "1"
name = "Thể chế"

[[criteria]]
code = "1.1"
parent = "1"
name = "Chất lượng"
[[criteria]]
code = "1.1.1"
parent = "1.1"
name = "Kịp thời"
max_points = "4/8"
method = "survey"
[[criteria]]
code = "1.1.2"
parent = "1.1"
name = "Kế hoạch"
max_points = 1
method = "appraisal"
[[criteria]]
code = "1.2"
parent = "1"
name = "SIPAS"
max_points = 2
method = "external"

[[scales]]
code = "tot"
levels = [{code = "A", label = "Tốt", weight = 1}, {code = "B", label = "Kém", weight = 0.20}]

[[groups]]
code = "hdnd"
name = "Đại biểu HĐND"

[[questions]]
code = "q1"
text = "{unit} có kịp thời không?"
criterion = "1.1.1"
scale = "tot"
groups = ["hdnd"]
[[questions]]
code = "q2"
text = "Góp ý"
kind = "comment"
groups = ["hdnd"]
"""

# Written by hand from docs/index-file.md.
SMALL_CONTENT = {
    "format": "1",
    "index": {
        "code": "nho-2024",
        "name": "Bộ chỉ số nhỏ",
        "year": "2024",
        "max_points": "7/2",
        "survey_points": "5/2",
    },
    "rules": {
        "weighting": "pooled",
        "no_opinion": "exclude",
        "own_unit": "exclude",
        "min_ballots": "5",
        "decimals": "2",
        "ranking": "blocks",
        "paging": "component",
        "choose_units": False,
        "participation_list": False,
        "classes": [],
    },
    "blocks": [{"code": "so", "name": "Sở", "not_applicable": []}],
    "units": [{"code": "snv", "name": "Sở Nội vụ", "block": "so", "not_applicable": []}],
    "components": [{"code": "1", "name": "Thể chế"}],
    "criteria": [
        {"code": "1.1", "parent": "1", "name": "Chất lượng"},
        {
            "code": "1.1.1",
            "parent": "1.1",
            "name": "Kịp thời",
            "max_points": "1/2",
            "method": "survey",
        },
        {
            "code": "1.1.2",
            "parent": "1.1",
            "name": "Kế hoạch",
            "max_points": "1",
            "method": "appraisal",
        },
        {"code": "1.2", "parent": "1", "name": "SIPAS", "max_points": "2", "method": "external"},
    ],
    "scales": [
        {
            "code": "tot",
            "levels": [
                {"code": "A", "label": "Tốt", "weight": "1"},
                {"code": "B", "label": "Kém", "weight": "1/5"},
            ],
            "no_opinion": "Không có ý kiến",
        }
    ],
    "groups": [{"code": "hdnd", "name": "Đại biểu HĐND", "weight": "1", "rates": "all"}],
    "questions": [
        {
            "code": "q1",
            "text": "{unit} có kịp thời không?",
            "criterion": "1.1.1",
            "scale": "tot",
            "groups": ["hdnd"],
            "weight": "1",
        },
        {"code": "q2", "text": "Góp ý", "kind": "comment", "groups": ["hdnd"]},
    ],
}

GONE = object()

SNV = "[[units]] số 1 (snv)"
LEVEL = "[[scales]] số 1 (tot), levels số 2 (B)"
LEAF = "[[criteria]] số 2 (1.1.1)"
Q1 = "[[questions]] số 1 (q1)"
Q2 = "[[questions]] số 2 (q2)"


def make_raw(**changes: object) -> dict[str, Any]:
    """The small index with values put in, or taken out with GONE: `units__0__block="so2"`."""
    raw: dict[str, Any] = copy.deepcopy(SMALL_CONTENT)
    for path, value in changes.items():
        *above, last = (int(step) if step.isdigit() else step for step in path.split("__"))
        table: Any = raw
        for step in above:
            table = table[step]
        if value is GONE:
            del table[last]
        elif isinstance(table, list) and last == len(table):
            table.append(value)
        else:
            table[last] = value
    return raw


def faults_of(raw: Any) -> tuple[Fault, ...]:
    with pytest.raises(IndexFault) as caught:
        indexfile.read(raw)
    return caught.value.faults


def told_once(changes: dict[str, object], place: str, told: str) -> None:
    """One mistake is one fault: at its place, with words that help."""
    fault = only_fault(**changes)
    assert fault.place == place
    assert told in fault.message


def only_fault(**changes: object) -> Fault:
    faults = faults_of(make_raw(**changes))
    assert len(faults) == 1, faults
    return faults[0]
