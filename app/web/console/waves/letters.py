"""The words of the letters: subject, text, how a group is addressed, and how they will look."""

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.letters import testletter
from app.preparation import wordings as wording_of
from app.store.models import Wave
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk, Form
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves.letterfields import (
    KINDS,
    View,
    facts_of,
    kept_of,
    mark_of,
    places_of,
    state_of,
    view_of,
)
from app.web.console.waves.together import held
from app.web.frame import own_policy, style_hashes, styled_by_rules

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/thu"

NOTES = {
    "họ tên": _("tên từng người nhận, như trong danh sách"),
    "năm": _("năm của bộ chỉ số"),
    "tên bộ chỉ số": _("tên của bộ chỉ số"),
    "cơ quan tổ chức": _("cơ quan ghi trong bộ chỉ số"),
    "căn cứ": _("văn bản làm căn cứ, ghi trong bộ chỉ số"),
    "nhóm": _("nhóm đối tượng của người nhận"),
    "đơn vị được đánh giá": _("số cơ quan người ấy đánh giá, hoặc tên nếu chỉ có một"),
    "hạn gửi": _("hạn gửi phiếu của đợt"),
    "thời gian": _("thời gian trả lời ước tính"),
}


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    with desk.db.reading() as session:
        view = view_of(desk, session, code)
    return _page(desk, code, view)


@router.post(PATH)
def save(form: OfficerForm, code: str) -> Response:
    """Keep the words, after the launch those of the reminder alone; “Xem thử” keeps nothing."""
    if form.has("xem-thu"):
        with form.db.reading() as session:
            view = view_of(form, session, code)
        return _page(form, code, view)
    with form.db.transaction() as session:
        # Not while the wave is launched: the words would go out untested.
        wave = held(form, session, code)
        if _over(wave):
            words = _("Đợt {code} không còn thu phiếu, nên lời thư không sửa được nữa.")
            raise WaveRefused(words.format(code=code))
        view = view_of(form, session, code)
        if view.fine:
            draft, wording = view.wave.launched_at is None, view.wording
            kinds = list(KINDS) if draft else ["reminder"]
            texts = {
                kind: (wording.subjects.get(kind, ""), wording.bodies.get(kind, ""))
                for kind in kinds
            }
            said = {group: wording.salutations.get(group, "") for group in view.index.group_of}
            wording_of.keep(session, view.wave, texts, said if draft else {})
            form.note(session, form.db.now(session), "letters.edit", code, kind=kinds)
    if not view.fine:
        return _page(form, code, view)
    again = urlencode({"nhom": view.group, "rong": _width(form)})
    return form.see(f"{ROOT}/dot/{code}/thu?{again}", _("Đã lưu lời thư."))


def _over(wave: Wave) -> bool:
    """Whether no letter of a wave goes out any more."""
    return wave.closed_at is not None or wave.cancelled_at is not None


def _width(desk: Desk) -> str:
    query = desk.request.query_params.get("rong", "")
    asked = desk.value("rong") if isinstance(desk, Form) else query
    return "hep" if asked == "hep" else "rong"


def _page(desk: Desk, code: str, view: View) -> Response:
    letters = []
    if not view.faults:
        for kind, words in KINDS.items():
            facts = facts_of(view.wave, view.index, view.group, kind)
            base = desk.settings.base_url
            form = testletter.preview(facts, view.index, base, view.wording)
            letters.append((words, replace(form, html=styled_by_rules(form.html))))
    changed = any(kept_of(view.stored, row.field) != row.value for row in view.rows)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/thu",
        "back": f"{ROOT}/dot/{code}/phat-phieu",
        "draft": view.wave.launched_at is None,
        "over": _over(view.wave),
        "altered": view.stored.altered,
        "parts": list(dict.fromkeys(row.field.part for row in view.rows)),
        "rows": view.rows,
        "places": places_of(view.wave, view.index, view.group),
        "notes": NOTES,
        "groups": view.index.groups,
        "group": view.index.group_of[view.group],
        "width": _width(desk),
        "seen": "|".join(
            [
                desk.print_of(*state_of(view.wave, view.stored)),
                *(mark_of(desk, row.field, kept_of(view.stored, row.field)) for row in view.rows),
            ]
        ),
        "faults": view.faults,
        "unsaved": changed and not view.faults,
        "letters": letters,
        # A link would leave the frame, whose sandbox lets it open no window: so it does nothing.
        "inert": '<head><base target="_blank">',
    }
    status = 409 if view.stale else 422 if view.faults else 200
    page = desk.page(
        "console/letters.html", values, head=view.head, section="launch", status=status
    )
    # The letters' own style blocks; the frames around them allow nothing else.
    styles = style_hashes(*(letter.html for _words, letter in letters))
    return own_policy(page, styles=styles)
