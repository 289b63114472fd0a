"""A whole wave as people run it: command line, a real SMTP server, the HTML forms, the exports.

Index and roster are made up on the spot from a seed; what was answered is written down here as it
is given, and the points are computed from that by plain arithmetic that shares no code with
`scoring`.
"""

import csv
import io
import json
import random
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.making.running import Device, House, house
from tests.making.smtp import SmtpServer, smtp_server
from tests.making.words import tables

WEIGHTS = ("1", "0.75", "2/3", "0.6", "0.5", "0.2", "0")


def made_up(chance: random.Random) -> dict[str, Any]:
    """A random index: two blocks, four units, leaves of all methods, every kind of group."""
    levels = [sorted(chance.sample(WEIGHTS, chance.randint(2, 4)), key=Fraction) for _ in range(2)]
    leaves = [
        {
            "code": f"{component}.{place}",
            "parent": str(component),
            "name": f"Lá {component}.{place}",
        }
        | {"max_points": chance.choice(["1", "1.5", "2", "10/3"])}
        | {"method": chance.choice(["survey", "survey", "external", "appraisal"])}
        for component in (1, 2, 3)
        for place in (1, 2)
    ]
    leaves[0]["method"], leaves[1]["method"], leaves[2]["method"] = "survey", "external", "survey"
    groups = [
        {"code": "hd", "name": "Hội đồng", "weight": chance.choice(["0.3", "1", "2/7"])},
        {"code": "xa", "name": "Lãnh đạo xã", "weight": "0.4", "rates": "assigned"},
        {
            "code": "so",
            "name": "Lãnh đạo sở",
            "weight": "0.3",
            "rates": chance.choice(["all", "own"]),
        },
    ]
    surveyed = [leaf["code"] for leaf in leaves if leaf["method"] == "survey"]
    asked_of = [["hd", "xa", "so"], ["hd", "xa"], ["hd", "so"], ["hd"]]
    questions = [
        {"code": f"q{place}", "text": f"Câu {place} về {{unit}} năm {{year}}?", "criterion": leaf}
        | {"scale": chance.choice(["t1", "t2"]), "groups": chance.choice(asked_of)}
        | {"weight": chance.choice(["1", "2", "0.5"])}
        for place, leaf in enumerate(surveyed + surveyed[:2])
    ]
    questions[0]["groups"] = asked_of[0]  # so that nobody has nothing to rate
    questions.append({"code": "gop", "text": "Góp ý", "kind": "comment", "groups": ["hd", "xa"]})
    total = sum(Fraction(leaf["max_points"]) for leaf in leaves)
    survey = sum(Fraction(leaf["max_points"]) for leaf in leaves if leaf["method"] != "appraisal")
    return {
        "format": 1,
        "index": {"code": "thu", "name": "Bộ chỉ số dựng tại chỗ", "year": 2026}
        | {"max_points": str(total), "survey_points": str(survey)},
        "organiser": {"name": "Sở Nội vụ", "contact": "Phòng CCHC", "email": "cchc@vi-du.vn"}
        | {"notice": "Chỉ dùng để gửi phiếu.", "unit": "u1"},
        "rules": {
            "weighting": chance.choice(["pooled", "groups"]),
            "no_opinion": chance.choice(["exclude", "zero"]),
            "own_unit": chance.choice(["exclude", "allow"]),
            "min_ballots": chance.choice([1, 3, 5]),
            "decimals": chance.choice([2, 3]),
            "ranking": chance.choice(["blocks", "one-list"]),
            "paging": chance.choice(["component", "question"]),
            "choose_units": chance.choice([True, False]),
            "classes": [{"label": "Tốt", "from": "60"}, {"label": "Còn lại", "from": "0"}],
        },
        "blocks": [
            {"code": "so", "name": "Sở"},
            {"code": "dt", "name": "Đặc thù", "not_applicable": [leaves[2]["code"]]},
        ],
        "units": [
            {"code": f"u{n}", "name": f"Đơn vị {n}", "block": "so" if n < 4 else "dt"}
            for n in (1, 2, 3, 4)
        ],
        "components": [{"code": str(n), "name": f"Lĩnh vực {n}"} for n in (1, 2, 3)],
        "criteria": leaves,
        "scales": [
            {
                "code": code,
                "levels": [
                    {"code": "ABCD"[place], "label": f"Mức {place}", "weight": weight}
                    for place, weight in enumerate(reversed(weights))
                ],
            }
            for code, weights in zip(("t1", "t2"), levels, strict=True)
        ],
        "groups": groups,
        "questions": questions,
    }


def toml(index: dict[str, Any]) -> str:
    """The index as TOML; JSON strings, numbers and lists of strings are TOML too."""

    def value(given: Any) -> str:
        if isinstance(given, list):
            return "[" + ", ".join(map(value, given)) + "]"
        if isinstance(given, dict):
            return "{" + ", ".join(f"{key} = {value(each)}" for key, each in given.items()) + "}"
        return json.dumps(given, ensure_ascii=False)

    lines = [f"format = {index['format']}"]
    for key, part in index.items():
        for table in part if isinstance(part, list) else [part] if isinstance(part, dict) else []:
            lines.append(f"[[{key}]]" if isinstance(part, list) else f"[{key}]")
            lines += [f"{name} = {value(each)}" for name, each in table.items()]
    return "\n".join(lines)


def roster(index: dict[str, Any], chance: random.Random) -> list[dict[str, str]]:
    """24 people of the three groups; some of a unit of their own, the xa ones assigned two."""
    people = []
    for place in range(24):
        group = ("hd", "xa", "so")[min(place // 9, 2)]
        own = chance.choice(["u1", "u2", "u3", "u4"]) if group == "so" else "UBND xã Đồi Cao"
        assigned = "; ".join(chance.sample(["u1", "u2", "u3", "u4"], 2)) if group == "xa" else ""
        people.append(
            {"Họ và tên": f"Lò Thị {place}", "Email": f"nguoi{place}@vi-du.vn", "Nhóm": group}
            | {"Cơ quan": own, "Đơn vị đánh giá": assigned}
        )
    return people


def as_csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], delimiter=",")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


Given = dict[tuple[str, str, str], int]  # (question, unit, group and level) → number


def points(index: dict[str, Any], said: list[tuple[str, str, str, str]], external: dict[str, str]):  # type: ignore[no-untyped-def]
    """Percent and points of each unit from (group, question, unit, level), by CONTRACT §2."""
    rules, minimum = index["rules"], index["rules"]["min_ballots"]
    weight_of = {g["code"]: Fraction(g["weight"]) for g in index["groups"]}
    scales = {
        s["code"]: {x["code"]: Fraction(x["weight"]) for x in s["levels"]} for s in index["scales"]
    }
    blocks = {b["code"]: b.get("not_applicable", []) for b in index["blocks"]}
    sheet = {}
    for unit in index["units"]:
        got, best, surveyed = Fraction(0), Fraction(0), False
        for leaf in index["criteria"]:
            if leaf["method"] == "appraisal" or leaf["code"] in blocks[unit["block"]]:
                continue
            most = Fraction(leaf["max_points"])
            if leaf["method"] == "external":
                if unit["code"] in external and leaf["code"] == external["leaf"]:
                    got += most * Fraction(external[unit["code"]]) / 100
                    best += most
                continue
            above, below = Fraction(0), Fraction(0)
            for question in index["questions"]:
                if question.get("criterion") != leaf["code"]:
                    continue
                value = ratio(question, unit["code"], said, minimum, weight_of, scales, rules)
                if value is not None:
                    above += Fraction(question["weight"]) * value
                    below += Fraction(question["weight"])
            if below:
                got, best, surveyed = got + most * above / below, best + most, True
        sheet[unit["code"]] = (got, best) if surveyed else None
    return sheet


def ratio(question, unit, said, minimum, weight_of, scales, rules) -> Fraction | None:  # type: ignore[no-untyped-def]
    cells: list[tuple[list[str], list[str]]] = []  # groups, their answers
    for group in weight_of:
        answers = [a for g, q, u, a in said if (g, q, u) == (group, question["code"], unit)]
        if answers:
            cells.append(([group], answers))
    small = [cell for cell in cells if len(cell[1]) < minimum]
    if small:
        cells = [cell for cell in cells if len(cell[1]) >= minimum]
        groups = [group for cell in small for group in cell[0]]
        together = [answer for cell in small for answer in cell[1]]
        while len(together) < minimum:
            if not cells:
                return None
            next_one = min(cells, key=lambda cell: len(cell[1]))
            cells.remove(next_one)
            groups, together = groups + next_one[0], together + next_one[1]
        cells.append((groups, together))
    if rules["weighting"] == "pooled":
        cells = [(["hd"], [answer for cell in cells for answer in cell[1]])]
    above, below = Fraction(0), Fraction(0)
    for groups, answers in cells:
        if rules["no_opinion"] == "exclude":
            answers = [answer for answer in answers if answer != "-"]
        if answers:
            mean = sum(scales[question["scale"]].get(a, Fraction(0)) for a in answers) / len(
                answers
            )
            weight = sum(weight_of[group] for group in groups)
            above, below = above + weight * mean, below + weight
    return above / below if below else None


def exactly(text: str) -> Fraction:
    return Fraction(text)


def vote(server_port: int, token: str, person: dict[str, str], chance: random.Random):  # type: ignore[no-untyped-def]
    """Answer one ballot through its forms; gives the receipt and what was said."""
    with closing(Device(server_port)) as device:
        return answered(device.open(f"/p/{token}"), person, chance)


def answered(device: Device, person: dict[str, str], chance: random.Random):  # type: ignore[no-untyped-def]
    said: dict[tuple[str, str], str] = {}
    for _page in range(60):
        page = device.page
        if device.path.endswith("/xem-lai"):
            receipt = device.cast()
            assert receipt, device.text
            return receipt, [(person["Nhóm"], q, u, level) for (q, u), level in said.items()]
        fields = dict(page.fields)
        for name, boxes in page.boxes.items():
            fields[name] = chance.sample(boxes, chance.randint(1, len(boxes)))
        for name, offered in page.offered.items():
            level = chance.choice([*offered, *offered, ""])
            if level:
                fields[name] = [level]
                question, _, unit = name.partition(".")
                said[question, unit] = level
        for name in page.texts:
            fields[name] = [f"Góp ý của {person['Họ và tên']}"]
        path = device.path
        device.post(fields)
        if 'id="loi"' in device.text:
            # Pointed out once; the same page as it stands goes on.
            assert path == device.path
            device.post(fields | device.page.fields)
        assert device.status == 200, device.text
    raise AssertionError("no end")


def letters_of(server: SmtpServer, people: list[dict[str, str]]) -> dict[str, str]:
    """Each person's token, read from the text part of the one letter they got."""
    found = {}
    for person in people:
        (letter,) = server.to(person["Email"])
        (line,) = [line for line in letter.text.splitlines() if "/p/" in line]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/p/\S+", line)
        assert re.search(r"\b[B-Z2-9]{4}(-[B-Z2-9]{4}){3}\b", letter.text)
        found[person["Email"]] = line.rpartition("/p/")[2]
    return found


# Each database has an index, people and answers of its own.
@pytest.mark.parametrize(
    ("database_url", "seed"), [("sqlite", 1), ("postgresql", 2)], indirect=["database_url"]
)
def test_a_wave_made_up_on_the_spot_gives_the_points_of_plain_arithmetic(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    chance = random.Random(f"{seed} {database_url.partition(':')[0]}")
    index = made_up(chance)
    people = roster(index, chance)
    (tmp_path / "index.toml").write_text(toml(index))
    (tmp_path / "roster.csv").write_text(as_csv(people))
    leaf = next(leaf["code"] for leaf in index["criteria"] if leaf["method"] == "external")
    external = {"leaf": leaf, "u1": "83.64", "u2": "70", "u4": "100"}
    rows = [
        {"Đơn vị": unit, "Tiêu chí": leaf, "Tỷ lệ": percent.replace(".", ",")}
        for unit, percent in external.items()
        if unit != "leaf"
    ]
    (tmp_path / "external.csv").write_text(as_csv(rows).replace("\r\n", "\n"))
    with house(tmp_path, database_url) as place, smtp_server() as relay:
        place.environment["PHIEU_SMTP_URL"] = f"smtp://127.0.0.1:{relay.port}"
        today = datetime.now(UTC).date()
        dates = "--opens", f"{today - timedelta(1)}", "--closes", f"{today + timedelta(9)}"
        done(place, "check", "index.toml")
        done(place, "wave", "new", "w", "--index", "index.toml", *dates)
        done(place, "wave", "roster", "w", "roster.csv")
        done(place, "wave", "external", "w", "external.csv")
        done(place, "wave", "launch", "w")
        done(place, "send")
        tokens = letters_of(relay, people)
        voters = people[:-3]
        said, receipts = [], []
        with place.serving() as server:
            for person in voters:
                receipt, answers = vote(server.port, tokens[person["Email"]], person, chance)
                receipts.append(receipt)
                said += answers
        assert len(set(receipts)) == len(voters)
        status = json.loads(done(place, "wave", "status", "w", "--json"))
        assert (status["state"], status["issued"], status["sent"]) == ("open", 24, 24)
        assert status["cast"] == len(voters)
        done(place, "wave", "close", "w", "--yes")
        done(place, "wave", "unseal", "w")
        sheet = json.loads(done(place, "wave", "score", "w", "--json"))
        for kind in ("json", "csv", "xlsx", "docx"):
            done(place, "wave", "export", "w", "--format", kind, "--out", f"out.{kind}")
        assert json.loads((tmp_path / "out.json").read_text()) == sheet
        assert sheet["digest"] in str(tables((tmp_path / "out.docx").read_bytes()))
        done(place, "verify", "out.json")
    expected = points(index, said, external)
    for unit in sheet["units"]:
        whole = expected[unit["code"]]
        if whole is None or not whole[1]:
            assert unit["exact_percent"] is None
            continue
        got, best = whole
        assert exactly(unit["exact_percent"]) == 100 * got / best
        assert exactly(unit["max_points"]) == best
        leaves = [exactly(leaf["exact"]) for leaf in unit["criteria"] if leaf["exact"] is not None]
        assert sum(leaves) == got
        decimals = index["rules"]["decimals"]
        assert abs(exactly(unit["points"]) - got) * 10**decimals <= Fraction(1, 2)


def done(place: House, *arguments: str) -> str:
    """Run a command that must do its work; gives what it says."""
    result = place.phieu(*arguments)
    assert result.returncode == 0, (arguments, result.stderr)
    return result.stdout
