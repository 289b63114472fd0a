"""`phieu wave status`: how a wave stands. Asked often, so it reads little of the program."""

import json
import sys

import typer

from app.commands.terminal import Code, Json, workshop
from app.count import closingfacts
from app.language import HANOI, _, moment, number
from app.letters import stops
from app.scores import closingsums
from app.waves import situation
from app.waves import wave as waves

standing = typer.Typer()


@standing.command()
def status(code: Code, as_json: Json = False) -> None:
    with workshop() as (db, _keys, _settings), db.reading() as session:
        wave = waves.load(session, code)
        found = situation.status(session, wave, db.now(session))
        stop = stops.standing(session, stops.OUT)
        wrong = closingfacts.wrong(session, wave)
    if found.rows != found.issued:
        words = _("Không khớp: cơ sở dữ liệu có {rows} phiếu, đã phát {issued}.")
        wrong.insert(0, words.format(rows=number(found.rows), issued=number(found.issued)))
    for each in [*wrong, *([closingsums.remedy()] if wrong else [])]:
        print(each, file=sys.stderr)
    if as_json:
        facts = {
            "code": found.code,
            "state": found.state,
            "issued": found.issued,
            "sent": found.sent,
            "failed": found.failed,
            "cast": found.cast,
            "opens_at": found.opens_at.astimezone(HANOI).isoformat(),
            "closes_at": found.closes_at.astimezone(HANOI).isoformat(),
        }
        print(json.dumps(facts, ensure_ascii=False))
        return
    print(f"{found.code}: {STATES[found.state]}")
    print(
        _("Phát ra {issued}, thư đã gửi {sent}, thư hỏng {failed}, phiếu đã gửi {cast}").format(
            issued=number(found.issued),
            sent=number(found.sent),
            failed=number(found.failed),
            cast=number(found.cast),
        )
    )
    print(
        _("Mở {opens}, hạn gửi {closes}").format(
            opens=moment(found.opens_at), closes=moment(found.closes_at)
        )
    )
    if stop is not None:
        print(stop.in_words())


STATES = {
    "draft": _("đang chuẩn bị"),
    "launched": _("đã phát phiếu, chưa đến ngày mở"),
    "open": _("đang thu phiếu"),
    "closed": _("đã kết thúc thu phiếu"),
    "unsealed": _("đã mở hòm phiếu"),
    "scored": _("đã có kết quả"),
    "cancelled": _("đã hủy"),
}
