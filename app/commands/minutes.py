"""`phieu wave minutes`: the minutes of an opening or of a closing, for Word."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.commands.files import write_bytes
from app.commands.terminal import refuse, workshop
from app.commands.wave import Code
from app.count import closingfacts, openingfacts
from app.language import _
from app.scores import closingminutes, minutes
from app.waves import wave as waves

papers = typer.Typer()


class Of(StrEnum):
    opening = "opening"
    closing = "closing"


@papers.command(name="minutes", help=_("Ghi biên bản mở hòm phiếu, kiểm phiếu ra tệp Word."))
def write_minutes(
    code: Code,
    out: Annotated[Path, typer.Option(help=_("Tệp ra, .docx"))],
    of: Annotated[
        Of, typer.Option(help=_("Của lúc mở hòm phiếu hay lúc kết thúc thu phiếu"))
    ] = Of.opening,
) -> None:
    from app.papers import word

    with workshop() as (db, _keys, _settings), db.reading() as session:
        wave = waves.load(session, code)
        opening = openingfacts.of(session, wave) if of is Of.opening else None
        closing = closingfacts.of(session, wave) if of is Of.closing else None
    if wave.rehearsal:
        refuse(_("Đây là đợt tập dượt: không xuất được gì."))
    if opening is not None:
        data = word.to_docx(minutes.paper(opening), opening.unsealed_at)
    elif closing is not None:
        data = word.to_docx(closingminutes.paper(closing), closing.last.at)
    elif of is Of.closing:
        refuse(_("Đợt {code} chưa kết thúc thu phiếu.").format(code=code))
    else:
        words = _("Đợt {code} chưa mở hòm phiếu. Mở hòm phiếu trước (“phieu wave unseal {code}”).")
        refuse(words.format(code=code))
    write_bytes(out, data)
    print(_("Đã ghi biên bản ra {file}.").format(file=out))
