"""Theo dõi: letters, casts by group and day, failed addresses, reminders by rule."""

import re

from fastapi import APIRouter
from starlette.responses import Response

from app.bounces import returned
from app.language import _
from app.letters import standing
from app.papers import watchbook
from app.waves import corrections, counts, overview, reminders
from app.waves import wave as waves
from app.waves.notes import ALL
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import XLSX, download
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves import course
from app.web.console.waves.casts import days_of, names_of, rows_of, totals_of
from app.web.console.waves.together import held

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/theo-doi"
MOST_FAILED = 200


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(desk: Desk, code: str, fault: str = "", typed: str | None = None) -> Response:
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        wave_id = id_of(wave)
        whole = counts.of(session, wave, now)
        noted = counts.course(session, wave, whole)
        latest = [note for note in noted if note.at == noted[-1].at] if noted else []
        days = days_of(wave, noted)
        values: dict[str, object] = {
            "path": f"{ROOT}/dot/{code}/theo-doi",
            "base": f"{ROOT}/dot/{code}",
            "wave": wave,
            "state": head.state,
            "rows": rows_of(index, latest),
            "whole": whole,
            "days": days,
            "course": course.of(wave, days, whole.issued) if whole and days else None,
            "legend": course.legend(),
            "cells": names_of(index, latest),
            "totals": totals_of(wave, noted),
            "left": overview.left(wave.closes_at, now),
            "mail": standing.progress(session, wave_id) if wave.launched_at else None,
            "failed": (failed := standing.failed(session, wave_id))[:MOST_FAILED],
            "failures": len(failed),
            "back": returned.counts(session, wave_id) if wave.launched_at else None,
            "error": desk.worker_error,
            "tells_mail": True,
            "returns_error": desk.returns_error,
            "due": [time for time in reminders.due_times(wave) if time > now],
            "days_before": " ".join(map(str, reminders.days_of(wave))) if typed is None else typed,
            "fault": fault,
        }
    status = 422 if fault else 200
    return desk.page("console/watch.html", values, head=head, section="watch", status=status)


@router.api_route(f"{PATH}/so-lieu.xlsx", methods=LOOK)
def numbers(desk: Officer, code: str) -> Response:
    """The tables of this page as a workbook: day by day, how many of each group had cast."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        index, _layout = waves.index_of(wave)
        noted = counts.course(session, wave, counts.of(session, wave, desk.db.now(session)))
    cells = [*names_of(index, [n for n in noted if n.at == noted[-1].at]), (ALL, _("Tất cả"))]
    data = watchbook.to_xlsx(index.name, code, cells, totals_of(wave, noted))
    return download(data, f"{code}-phieu-da-nhan.xlsx", XLSX)


@router.post(f"{PATH}/lich-nhac")
def set_rule(form: OfficerForm, code: str) -> Response:
    """On which days before the closing reminders go by themselves."""
    typed = form.value("ngay").replace(",", " ").replace(";", " ").split()
    known = all(re.fullmatch("[0-9]{1,2}", word) and 0 < int(word) < 60 for word in typed)
    if not known or len(typed) > 5:
        words = _("Ghi tối đa 5 số ngày trước hạn, cách nhau bằng dấu cách, ví dụ: 5 2.")
        return _page(form, code, words, form.value("ngay"))
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        reminders.set_days(session, wave, [int(word) for word in typed])
        form.note(session, now, "wave.remind-rule", code, days=wave.remind_days)
    return form.see(f"{ROOT}/dot/{code}/theo-doi", _("Đã lưu lịch thư nhắc."))


@router.post(f"{PATH}/gui-lai")
def resend(form: OfficerForm, code: str) -> Response:
    """Send every failed invitation once more."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            failed = standing.failed(session, id_of(wave))
            domain = form.settings.host
            again = corrections.resend_to(session, wave, [each.id for each in failed], now, domain)
            form.note(session, now, "letters.resend", code, people=again)
    except WaveRefused as refused:
        return _page(form, code, refused.words)
    return form.see(f"{ROOT}/dot/{code}/theo-doi", _("Các thư hỏng đang được gửi lại."))
