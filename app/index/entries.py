"""The tables of an index file as dataclasses of app/index/definition.py, each checked by itself.

Pure. What one entry says about another is left to app/index/checks.py; `Places` tells it where
every entry stands.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from app.index import definition as nouns
from app.index import parts
from app.index.faults import Faults, nearest
from app.index.tables import DOTTED_CODE, LEVEL_CODE, Table
from app.language import _

FORMAT = 1
KINDS = ("comment", "choice")
MOST_LEVELS = 63  # the letters, digits and "_" that a level's code may be
METHODS = ("survey", "appraisal", "external")
NO_OPINION = "Không có ý kiến"
PLACEHOLDERS = ("unit", "year")
ORGANISER_LINES = ("name", "unit", "basis", "contact", "phone", "email", "notice")
ADDRESS = re.compile(r"[!#-'*+./0-9=?A-Z^_`a-z{|}~-]+@[a-z0-9.-]+", re.IGNORECASE | re.ASCII)

# Kind of entry ("units") → the place of each, in the order of the Index.
Places = dict[str, list[str]]
Entry = TypeVar("Entry")


def read_index(raw: Table) -> tuple[nouns.Index, Places]:
    """The whole index with harmless stand-ins wherever `raw.faults` says so."""
    places: Places = {}

    def entries(
        kind: str, read: Callable[[Table], Entry], *, required: bool = True
    ) -> tuple[Entry, ...]:
        tables = raw.tables(kind)
        places[kind] = [table.place for table in tables]
        if required and not tables and f"[[{kind}]]" not in raw.faults:
            message = _("chưa có; hãy thêm ít nhất một mục [[{kind}]].").format(kind=kind)
            raw.faults.add(f"[[{kind}]]", message)
        return tuple(_closed(table, read) for table in tables)

    if raw.optional_number("format") != FORMAT and "format" not in raw.faults:
        message = _("hãy ghi format = {format}, dạng duy nhất mà phiên bản này đọc được.")
        raw.fault("format", message.format(format=FORMAT))
    head = raw.table("index")
    if head is None and "[index]" not in raw.faults:
        raw.faults.add("[index]", _("thiếu mục này; hãy thêm [index] với mã, tên, năm và điểm."))
    head = head or Table({}, "[index]", Faults())
    organiser = raw.table("organiser")
    rules = raw.table("rules")
    index = nouns.Index(
        code=head.code(),
        name=head.text("name"),
        year=head.whole("year", 1000, 9999),
        max_points=head.number("max_points"),
        survey_points=head.number("survey_points"),
        organiser=_closed(organiser, read_organiser) if organiser else None,
        rules=_closed(rules, read_rules) if rules else parts.Rules(),
        blocks=entries("blocks", read_block),
        units=entries("units", read_unit),
        components=entries("components", read_component),
        criteria=entries("criteria", read_criterion),
        scales=entries("scales", read_scale, required=False),
        groups=entries("groups", read_group),
        questions=entries("questions", read_question),
    )
    head.close()
    raw.close()
    return index, places


def _closed(table: Table, read: Callable[[Table], Entry]) -> Entry:
    entry = read(table)
    table.close()
    return entry


def read_organiser(table: Table) -> parts.Organiser:
    lines = {
        key: table.optional_text(key, prose=key in ("basis", "notice")) for key in ORGANISER_LINES
    }
    email = lines["email"]
    if email and not ADDRESS.fullmatch(email) and table.at("email") not in table.faults:
        table.fault("email", _("không phải là một địa chỉ thư; hãy ghi như cchc@vi-du.vn."))
    return parts.Organiser(**lines)


def read_rules(table: Table) -> parts.Rules:
    usual = parts.Rules()
    return parts.Rules(
        weighting=table.choice("weighting", ("pooled", "groups"), usual.weighting),
        no_opinion=table.choice("no_opinion", ("exclude", "zero"), usual.no_opinion),
        own_unit=table.choice("own_unit", ("exclude", "allow"), usual.own_unit),
        min_ballots=table.whole("min_ballots", 1, 1_000_000, usual.min_ballots),
        decimals=table.whole("decimals", 0, 30, usual.decimals),  # 30 is Excel's limit
        ranking=table.choice("ranking", ("blocks", "one-list"), usual.ranking),
        paging=table.choice("paging", ("component", "question", "unit"), usual.paging),
        choose_units=table.flag("choose_units"),
        participation_list=table.flag("participation_list"),
        classes=read_classes(table),
    )


def read_classes(above: Table) -> tuple[parts.ScoreClass, ...]:
    classes = []
    taken: dict[Fraction, str] = {}
    for table in above.tables("classes", hint="label"):
        label = table.text("label")
        start = table.number("from")
        table.close()
        classes.append(parts.ScoreClass(label, start))
        if table.at("from") in table.faults:
            continue
        if start > 100:
            table.fault("from", _("là tỷ lệ phần trăm; hãy ghi số từ 0 đến 100."))
        elif taken.setdefault(start, table.place) != table.place:
            message = _("trùng với {other}; hãy ghi số khác.").format(other=taken[start])
            table.fault("from", message)
    return tuple(classes)


def read_block(table: Table) -> parts.Block:
    return parts.Block(
        table.code(), table.text("name"), table.codes("not_applicable"), read_classes(table)
    )


def read_unit(table: Table) -> parts.Unit:
    return parts.Unit(
        table.code(), table.text("name"), table.word("block"), table.codes("not_applicable")
    )


def read_component(table: Table) -> parts.Component:
    return parts.Component(table.code(), table.text("name"))


def read_criterion(table: Table) -> parts.Criterion:
    return parts.Criterion(
        code=table.code(DOTTED_CODE),
        parent=table.word("parent"),
        name=table.text("name"),
        max_points=table.optional_number("max_points"),
        method=table.choice("method", METHODS, None) if "method" in table else None,
    )


def read_scale(table: Table) -> parts.Scale:
    code = table.code()
    tables = table.tables("levels")
    levels = tuple(_closed(level, read_level) for level in tables)
    if len(levels) < 2 and table.at("levels") not in table.faults:
        table.fault(
            "levels",
            _(
                "cần từ hai mức trở lên; hãy ghi levels = "
                '[{code = "A", label = "Tốt", weight = 1}, …].'
            ),
        )
    first: dict[str, str] = {}
    for place, level in zip([level.place for level in tables], levels, strict=True):
        if level.code and first.setdefault(level.code, place) != place:
            table.faults.add(
                f"{place}, code", _("mã đã dùng cho một mức khác của thang đo; hãy đổi mã này.")
            )
    no_opinion = table.text("no_opinion") if "no_opinion" in table else NO_OPINION
    return parts.Scale(code, levels, no_opinion)


def read_level(table: Table) -> parts.Level:
    return parts.Level(table.code(LEVEL_CODE), table.text("label"), table.optional_number("weight"))


def read_group(table: Table) -> parts.Group:
    return parts.Group(
        code=table.code(),
        name=table.text("name"),
        weight=table.number("weight", Fraction(1)),
        rates=table.choice("rates", ("all", "assigned", "own"), "all"),
    )


def read_question(table: Table) -> parts.Question:
    code = table.code()
    if code == "units":
        table.fault("code", _("“units” là tên dành riêng của phiếu; hãy chọn mã khác."))
    text = table.text("text", prose=True)
    check_placeholders(table, text)
    groups = table.codes("groups")
    if not groups and table.at("groups") not in table.faults:
        table.fault("groups", _('chưa hỏi nhóm nào; hãy ghi groups = ["…"] với mã nhóm.'))
    kind = table.choice("kind", KINDS, None) if "kind" in table else ""
    misspelt = table.at("kind") in table.faults
    if kind == "comment" and not misspelt:
        for key in ("criterion", "scale", "weight", "about", "most"):
            if key in table:
                table.fault(key, _("câu góp ý không có khóa này; hãy xóa khóa hoặc xóa kind."))
        return parts.Question(code, text, groups)
    if misspelt and not any(key in table for key in ("criterion", "scale", "weight")):
        return parts.Question(code, text, groups)  # a comment, most likely
    if kind == "choice" or (misspelt and "criterion" not in table):
        return read_choice(table, parts.Question(code, text, groups))
    for key in ("about", "most"):
        if key in table:
            table.fault(key, _('chỉ câu hỏi thêm (kind = "choice") có khóa này; hãy xóa khóa.'))
    return parts.Question(
        code=code,
        text=text,
        groups=groups,
        criterion=table.word("criterion"),
        scale=table.word("scale"),
        weight=table.number("weight", Fraction(1)),
    )


def read_choice(table: Table, bare: parts.Question) -> parts.Question:
    """A choice question: a scale, and what is asked and counted of it."""
    for key in ("criterion", "weight"):
        if key in table:
            table.fault(key, _("câu hỏi thêm không chấm điểm nên không có khóa này; hãy xóa khóa."))
    about = table.choice("about", ("none", "unit"), "none")
    most = table.whole("most", 1, MOST_LEVELS, 1)
    return replace(bare, scale=table.word("scale"), about=about, most=most)


def check_placeholders(table: Table, text: str) -> None:
    """Refuse what looks like {unit} or {year} misspelt; other braces are plain text."""
    for name in sorted(set(re.findall(r"\{([^{}]{1,20})\}", text)) - set(PLACEHOLDERS)):
        near = nearest(name, PLACEHOLDERS)
        if near:
            message = _("không có chỗ điền {wrong}; hãy ghi {near}. Dùng được: {known}.").format(
                wrong=f"{{{name}}}", near=f"{{{near}}}", known="{unit}, {year}"
            )
            table.fault("text", message)
