"""phieu.sps and phieu.R: the tally read with its labels, by the programs analysts have.

Both are text that a program runs, so a label gets into them as a quoted text and nothing else.
"""

from collections.abc import Mapping, Sequence

from app.papers.analysts.tally import COLUMNS, Column

Labels = Mapping[str, Mapping[str, str]]  # variable → code → label
LONGEST = {"variable": 250, "value": 120}  # bytes SPSS takes
FILE = "kiem-phieu.csv"


def labels_of(codebook: Sequence[tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """The codes that mean one thing each; a level means what its scale says."""
    found: dict[str, dict[str, str]] = {}
    for variable, code, label, *_rest in codebook:
        if code and variable not in ("level", "group"):
            found.setdefault(variable, {})[code] = label
    return found


def spss(columns: Sequence[Column], rows: Sequence[tuple[str, ...]], labels: Labels) -> bytes:
    """Syntax for SPSS (and PSPP), with the mark by which it knows UTF-8."""
    widths = [max([1, *(len(row[i].encode()) for row in rows)]) for i in range(len(COLUMNS))]
    kinds = {"string": "A{}", "integer": "F10.0", "number": "F16.10"}
    variables = [
        f"    {column.name} {kinds[column.kind].format(width)}"
        for column, width in zip(COLUMNS, widths, strict=True)
    ]
    lines = [
        "* Encoding: UTF-8.",
        "GET DATA",
        "  /TYPE=TXT",
        f"  /FILE={_quoted(FILE)}",
        "  /ENCODING='UTF8'",
        "  /ARRANGEMENT=DELIMITED",
        "  /FIRSTCASE=2",
        "  /DELIMITERS=','",
        "  /QUALIFIER='\"'",
        "  /VARIABLES=",
        *variables[:-1],
        f"{variables[-1]}.",
        "VARIABLE LABELS",
        *(f"  {each.name} {_quoted(_cut(each.words, 'variable'))}" for each in columns),
        "  .",
        "VALUE LABELS",
    ]
    for variable, codes in labels.items():
        lines.append(f"  /{variable}")
        for code, label in codes.items():
            lines.append(f"    {_quoted(code)} {_quoted(_cut(label, 'value'))}")
    lines += ["  .", "VARIABLE LEVEL weight n answers (SCALE).", "EXECUTE."]
    return "\n".join([*lines, ""]).encode("utf-8-sig")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _cut(text: str, what: str) -> str:
    """As much of a label as SPSS takes."""
    most = LONGEST[what]
    raw = text.encode()
    return text if len(raw) <= most else raw[: most - 3].decode(errors="ignore") + "…"


def r(labels: Labels) -> bytes:
    """A script for R, without any package: a data frame with a column of labels beside codes."""
    kinds = {"string": "character", "integer": "integer", "number": "numeric"}
    classes = [f'{column.name} = "{kinds[column.kind]}"' for column in COLUMNS]
    lines = [
        '# source("phieu.R", encoding = "UTF-8")',
        f'phieu <- read.csv("{FILE}", encoding = "UTF-8", na.strings = "",',
        "  colClasses = c(",
        *(f"    {each}," for each in classes[:-1]),
        f"    {classes[-1]}))",
        'so_tay_ma <- read.csv("so-tay-ma.csv", encoding = "UTF-8", na.strings = "",',
        '  colClasses = "character")',
        f"for (variable in c({', '.join(_text(name) for name in labels)})) {{",
        "  codes <- so_tay_ma[so_tay_ma$variable == variable & !is.na(so_tay_ma$code), ]",
        '  phieu[[paste0(variable, "_label")]] <-',
        "    codes$label[match(phieu[[variable]], codes$code)]",
        "}",
    ]
    return "\n".join([*lines, ""]).encode()


def _text(name: str) -> str:
    return f'"{name}"'
