"""`phieu check`, `sample`, `forms`: what is done with the file of an index, without a database."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.commands.files import read_index, tell_of_index, warnings_of, write_bytes
from app.commands.shipped import shipped_index
from app.commands.terminal import Json, refuse
from app.index import file as indexfile
from app.index.definition import Index
from app.index.file import Fault, IndexFault
from app.language import HANOI, _, points
from app.papers import indexbook

indexes = typer.Typer()


@indexes.command()
def check(
    file: Annotated[Path, typer.Argument(help=_("Tệp .toml hoặc .xlsx"), metavar="TỆP")],
    as_json: Json = False,
) -> None:
    try:
        index = read_index(file)
    except IndexFault as fault:
        if as_json:
            faults = [{"place": f.place, "message": f.message} for f in fault.faults]
            print(
                json.dumps({"valid": False, "faults": faults, "warnings": []}, ensure_ascii=False)
            )
        raise
    warnings = warnings_of(index, file)
    if as_json:
        print(json.dumps(_facts(index, warnings), ensure_ascii=False))
        return
    print(index.name)
    print(
        _(
            "{units} đơn vị, {groups} nhóm đối tượng, {questions} câu hỏi, {leaves} tiêu chí điều"
            " tra"
        ).format(
            units=len(index.units),
            groups=len(index.groups),
            questions=len(index.questions),
            leaves=sum(leaf.method == "survey" for leaf in index.leaves),
        )
    )
    print(
        _("Tổng điểm {maximum}, trong đó điều tra {survey}").format(
            maximum=points(index.max_points), survey=points(index.survey_points)
        )
    )
    print(_("Mã kiểm tra bộ chỉ số: {digest}").format(digest=indexfile.digest(index)))
    tell_of_index(warnings)
    print(_("Tệp hợp lệ."))


@indexes.command()
def sample(
    code: Annotated[str, typer.Argument(help=_("Mã bộ chỉ số"), metavar="MÃ")],
    out: Annotated[Path, typer.Option(help=_("Tệp ra, .toml hoặc .xlsx"))],
) -> None:
    shipped = shipped_index(code)
    if out.exists():
        refuse(_("Đã có tệp {file}. Chọn tên khác, để không ghi đè.").format(file=out))
    data = shipped.read_bytes()
    if out.suffix.lower() == ".xlsx":
        data = indexbook.write_book(indexfile.parse(data))
    write_bytes(out, data)
    print(_("Đã ghi bộ chỉ số mẫu {code} ra {file}.").format(code=code, file=out))


@indexes.command("forms")
def write_forms(
    file: Annotated[Path, typer.Argument(help=_("Tệp .toml hoặc .xlsx"), metavar="TỆP")],
    out: Annotated[Path, typer.Option(help=_("Tệp ra, .docx"))],
    group: Annotated[str | None, typer.Option(help=_("Mã một nhóm; không ghi là mọi nhóm"))] = None,
) -> None:
    from app.papers import forms

    index = read_index(file)
    if group is not None and group not in index.group_of:
        codes = ", ".join(index.group_of)
        refuse(_("Không có nhóm nào mã {group}. Có: {codes}.").format(group=group, codes=codes))
    # A file has no day of its own, and the same file gives the same bytes.
    at = datetime(index.year, 1, 1, tzinfo=HANOI)
    write_bytes(out, forms.to_docx(index, at, group))
    print(_("Đã ghi mẫu phiếu ra {file}.").format(file=out))


def _facts(index: Index, warnings: Sequence[Fault]) -> dict[str, object]:
    return {
        "valid": True,
        "code": index.code,
        "name": index.name,
        "year": index.year,
        "digest": indexfile.digest(index),
        "max_points": str(index.max_points),
        "survey_points": str(index.survey_points),
        "units": len(index.units),
        "groups": len(index.groups),
        "questions": len(index.questions),
        "faults": [],
        "warnings": [{"place": fault.place, "message": fault.message} for fault in warnings],
    }
