"""`phieu wave minutes`: the minutes of an opening or of a closing, for Word."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.commands.files import write_bytes
from app.commands.terminal import Code, refuse, workshop
from app.count import closingfacts, openingfacts
from app.language import _
from app.scores import closingminutes, minutes
from app.waves import wave as waves

papers = typer.Typer()


class Of(StrEnum):
    opening = "opening"
    closing = "closing"


@papers.command("minutes")
def write_minutes(
    code: Code,
    out: Annotated[Path, typer.Option(help=_("Tệp ra, .docx"))],
    of: Annotated[
        Of | None,
        typer.Option(
            help=_("Của lúc mở hòm phiếu hay lúc kết thúc thu phiếu; không nói thì của việc sau")
        ),
    ] = None,
) -> None:
    from app.papers import word

    with workshop() as (db, _keys, _settings), db.reading() as session:
        wave = waves.load(session, code)
        opening = openingfacts.of(session, wave) if of is not Of.closing else None
        later = of is Of.opening or opening is not None
        closing = None if later else closingfacts.of(session, wave)
    if wave.rehearsal:
        refuse(_("Đây là đợt tập dượt: không xuất được gì."))
    if opening is not None:
        data = word.to_docx(minutes.paper(opening), opening.unsealed_at)
    elif closing is not None:
        data = word.to_docx(closingminutes.paper(closing), closing.last.at)
    elif of is not Of.opening:
        words = _(
            "Đợt {code} chưa kết thúc hẳn nên chưa có biên bản nào. Đợi đến khi kết thúc, thêm 15"
            " phút cho phiếu đang trả lời dở (“phieu wave status {code}”)."
        )
        refuse(words.format(code=code))
    else:
        words = _("Đợt {code} chưa mở hòm phiếu. Mở hòm phiếu trước (“phieu wave unseal {code}”).")
        refuse(words.format(code=code))
    write_bytes(out, data)
    title = (closingminutes if opening is None else minutes).TITLE
    print(_("Đã ghi “{title}” ra {file}.").format(title=title, file=out))
