"""`phieu wave …`, what comes out of a wave: its urn opened, its score sheets, how it stands."""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.commands import keys as keycli
from app.commands.files import write_bytes
from app.commands.terminal import Code, Json, note, progress_bar, refuse, workshop
from app.count import (
    course,
    lineages,
    scoresheets,
    unsealing,
    wholesheets,
)
from app.language import _, number
from app.papers.export import Document
from app.precision.kept import Precision
from app.precision.margins import Margins
from app.scores import nearties, sureness
from app.scores.course import Course
from app.scores.results import Results
from app.scores.wholeresults import EXACT_SUMS, Whole
from app.waves import wave as waves
from app.years.year import Earlier

outcome = typer.Typer()
ALL = "all"


@outcome.command()
def unseal(
    code: Code,
    recovery: Annotated[Path | None, typer.Option(help=_("Dùng bản khóa dự phòng"))] = None,
) -> None:
    with workshop(keys_lost=recovery is not None) as (db, keys, _settings):
        if recovery is not None:
            keycli.restore(db, keys, code, recovery)
        with progress_bar(_("Mở hòm phiếu")) as progress:
            found = unsealing.unseal(db, keys, code, progress)
        kept = keys.has_wave(code)
    print(
        _(
            "Phát ra {issued}, đã gửi {cast}, đếm được {counted}, mất hiệu lực {void}, lạ"
            " {foreign}."
        ).format(
            issued=number(found.issued),
            cast=number(found.cast),
            counted=number(found.counted),
            void=number(found.void),
            foreign=number(found.foreign),
        )
    )
    if kept:
        print(
            _(
                "Lưu ý: chưa xóa được khóa của hòm phiếu. Xem chỗ trống trên đĩa chứa tệp khóa; máy"
                " chủ hoặc lệnh sau sẽ tự xóa."
            ),
            file=sys.stderr,
        )


@outcome.command()
def score(code: Code, as_json: Json = False) -> None:
    with workshop() as (db, keys, _settings), db.transaction() as session:
        document, fresh = scoresheets.score(db, session, code)
        if fresh:
            note(db, session, keys, "wave.score", code, sheet=document["sheet"])
        precision = course.of_code(session, code).precision
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    for line in ranking(document, precision):
        print(line)
    text = (
        _("Bảng điểm số {sheet} (mới).")
        if fresh
        else _("Không có gì đổi: vẫn là bảng điểm số {sheet}.")
    )
    print(text.format(sheet=document["sheet"]))


@outcome.command("whole")
def make_whole(code: Code, as_json: Json = False) -> None:
    with workshop() as (db, keys, _settings), db.transaction() as session:
        document, fresh = wholesheets.make(db, session, code)
        if fresh:
            survey, sheet = document["survey"]["sheet"], document["sheet"]
            note(db, session, keys, "wave.whole", code, sheet=sheet, survey=survey)
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    for line in whole_ranking(Whole(document)):
        print(line)
    text = (
        _("Bảng điểm cả bộ chỉ số, số {sheet} (mới).")
        if fresh
        else _("Không có gì đổi: vẫn là bảng điểm cả bộ chỉ số, số {sheet}.")
    )
    print(text.format(sheet=document["sheet"]))


class Format(StrEnum):
    json = "json"
    csv = "csv"
    xlsx = "xlsx"
    docx = "docx"
    zip = "zip"


@outcome.command()
def export(
    code: Code,
    kind: Annotated[Format, typer.Option("--format", help=_("Định dạng"))],
    out: Annotated[Path, typer.Option(help=_("Tệp ra"))],
    unit: Annotated[
        str | None,
        typer.Option(
            help=_(
                "Với docx: phiếu kết quả gửi cơ quan có mã này; “all” là mọi cơ quan, trong một tệp"
                " hoặc, khi tên tệp ra là .zip, mỗi cơ quan một tệp"
            ),
            metavar=_("MÃ|all"),
        ),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help=_("Với json, csv: bảng điểm cả bộ chỉ số"))
    ] = False,
) -> None:
    from app.papers import export as exporting
    from app.papers.analysts import bundle

    if whole:
        _export_whole(code, kind, out)
        return
    if unit is not None and kind != Format.docx:
        raise typer.BadParameter(_("chỉ dùng với --format docx"), param_hint="--unit")
    with workshop() as (db, _keys, _settings), db.reading() as session:
        document = scoresheets.latest_sheet(session, code)
        earlier = lineages.earlier(session, waves.load(session, code))
        told = course.of_code(session, code)
        joined = wholesheets.beside(session, code, document)
    if kind == Format.zip:
        data = bundle.to_zip(document)
    elif unit is None:
        data = exporting.write(kind, document, earlier, told, joined)
    else:
        data = _of_units(document, earlier, told, unit, joined, out)
    write_bytes(out, data)
    print(_("Đã xuất bảng điểm số {sheet} ra {file}.").format(sheet=document["sheet"], file=out))


def _export_whole(code: str, kind: Format, out: Path) -> None:
    """Word and Excel have the whole index beside the survey; what programs read is its own file."""
    from app.papers import export as exporting
    from app.papers import wholesheet

    if kind not in (Format.json, Format.csv):
        words = _("chỉ dùng với json, csv; docx và xlsx đã có phần cả bộ chỉ số")
        raise typer.BadParameter(words, param_hint="--whole")
    with workshop() as (db, _keys, _settings), db.reading() as session:
        document = wholesheets.latest(session, code)
    data = {"json": exporting.to_json, "csv": wholesheet.to_csv}[kind](document)
    write_bytes(out, data)
    words = _("Đã xuất bảng điểm cả bộ chỉ số, số {sheet}, ra {file}.")
    print(words.format(sheet=document["sheet"], file=out))


def _of_units(
    document: Document,
    earlier: Earlier | None,
    told: Course,
    unit: str,
    whole: Whole | None,
    out: Path,
) -> bytes:
    """The sheets that go to the units, of one of them or of all."""
    from app.papers import unitsheets

    codes = [each["code"] for each in document["units"]]
    if unit in codes:  # one may be called so
        return unitsheets.together(document, earlier, told, unit, whole)
    if unit != ALL:
        words = _("Không có cơ quan nào mã {unit}. Dùng “all” hoặc một trong: {codes}")
        refuse(words.format(unit=unit, codes=", ".join(codes)))
    if out.suffix.lower() == ".zip":
        return unitsheets.apart(document, earlier, told, whole)
    return unitsheets.together(document, earlier, told, whole=whole)


def ranking(document: Document, precision: Precision | None = None) -> Iterator[str]:
    """A line for each unit of a score sheet, list by list and by rank, those without one last; then
    which neighbours the ballots cannot tell apart."""
    results, margins = Results(document), Margins(document, precision)
    lists = results.lists()
    for each in lists:
        if len(lists) > 1:
            yield f"{each.title}:"
        for unit in each.units:
            if unit.exact is None:
                without = results.units[unit.code]["points"] is None
                why = _("không có dữ liệu") if without else _("tối đa 0 điểm nên không có tỷ lệ")
                yield f"   *  {unit.name}: {why}"
                continue
            yield _("{rank:>4}  {name}: {points} điểm, {percent}%").format(
                rank=unit.rank, name=unit.name, points=unit.points, percent=unit.percent
            )
        yield from sureness.of_ranking(margins, each)
        yield from nearties.in_words(each, results.places)


def whole_ranking(whole: Whole) -> Iterator[str]:
    """A line for each unit of a whole sheet, list by list and by rank; those without one last."""
    for each in whole.lists:
        if len(whole.lists) > 1:
            yield f"{each.title}:"
        for row in each.rows:
            survey, appraised, total, percent = row.four.shown(whole.places)
            if row.rank is not None:
                words = _("{rank:>4}  {name}: {survey} + {appraised} = {total} điểm, {percent}%")
                yield words.format(
                    rank=row.rank,
                    name=row.name,
                    survey=survey,
                    appraised=appraised or 0,
                    total=total,
                    percent=percent,
                )
        yield from whole.lacking(each)
    yield EXACT_SUMS
