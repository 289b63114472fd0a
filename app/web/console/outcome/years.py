"""So với năm trước: the year beside, what became of its units and criteria, several in a row."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import lineages, scoresheets
from app.index import file as indexfile
from app.index.faults import IndexFault
from app.language import _
from app.papers import verify
from app.papers.export import Document
from app.scores import findings, lines
from app.store.db import Session
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk, Faults
from app.web.console.desk.files import SVG, download
from app.web.console.desk.guards import OfficerForm, Reader
from app.web.console.outcome.shown import PATH, draw, results_of
from app.web.console.waves.together import held
from app.years import lineage as lineagefiles
from app.years import settling
from app.years.compare import NothingShared
from app.years.lineage import Lineage, Link
from app.years.year import Earlier

router = APIRouter()
YEARS = f"{PATH}/so-voi-nam-truoc"
# Fields: what an earlier code became, what a new one came from; by kind and code.
BECAME, CAME = "cu", "moi"
SHOWN_FAULTS = 20


@router.api_route(YEARS, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    return _page(desk, code)


def _page(
    desk: Desk, code: str, faults: Faults | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    shown, found = results_of(desk, code)
    earlier = found.earlier
    lineage = earlier.lineage if earlier else None
    parts, nothing = [], ""
    if earlier and found.comparison.shares_nothing:
        nothing = str(NothingShared(code, earlier.sheet["wave"]))
    elif earlier:
        parts = list(findings.against(found))
    values: dict[str, object] = {
        "years": f"{shown.path}/so-voi-nam-truoc",
        "code": code,
        "results": found,
        "earlier": earlier,
        "parts": parts,
        "nothing": nothing,
        "pictures": range(0, len(found.index.blocks), lines.MOST) if lines.several(found) else (),
        "asked": settling.asked(found.index, found.before, lineage) if earlier else (),
        "titles": settling.TITLES,
        "typed": typed or {},
        "faults": (faults or [])[:SHOWN_FAULTS],
        "more": max(0, len(faults or []) - SHOWN_FAULTS),
    }
    return draw(desk, "result-years", shown, values, 422 if faults else 200)


@router.api_route(f"{YEARS}/qua-cac-nam.svg", methods=LOOK)
def picture(desk: Reader, code: str) -> Response:
    """The means of blocks over the years."""
    _shown, found = results_of(desk, code)
    asked = desk.request.query_params.get("tu", "0")[:3]
    first = int(asked) if asked.isascii() and asked.isdecimal() else -1
    if not lines.several(found) or not 0 <= first < len(found.index.blocks):
        raise HTTPException(404)
    return download(lines.picture(found, first), f"{code}-qua-cac-nam.svg", SVG)


@router.api_route(f"{YEARS}/bang-noi", methods=LOOK)
def as_file(desk: Reader, code: str) -> Response:
    """What became what, as a file that can be brought again."""
    _shown, found = results_of(desk, code)
    if found.earlier is None:
        raise HTTPException(404)
    text = lineagefiles.written(found.earlier.lineage or Lineage())
    return download(text.encode(), f"{code}-bang-noi-nam.toml", "text/plain; charset=utf-8")


@router.post(f"{YEARS}/dot")
def choose(form: OfficerForm, code: str) -> Response:
    """Compare with a wave of here; "" is the newest before it."""
    wanted = form.value("dot")
    with form.db.transaction() as session:
        wave = held(form, session, code)
        known = [each[0] for each in scoresheets.comparable(session, wave)]
        if wanted and wanted not in known:
            raise HTTPException(404)
        kept = lineages.kept(session, wave)
        if not wanted:
            lineages.forget(session, wave)
            _note(form, session, code, "-")
        elif kept is None or kept.choice != wanted:
            sheet = scoresheets.latest_sheet(session, wanted)
            lineages.keep(session, wave, sheet, Lineage(), brought=False)
            _note(form, session, code, wanted)
    return form.see(YEARS.format(code=code), _("Đã chọn năm để so."))


@router.post(f"{YEARS}/bang-diem")
def bring(form: OfficerForm, code: str) -> Response:
    """Compare with a sheet that another system, or another database, has exported."""
    sent = form.upload("bang-diem")
    if sent is None:
        return _page(form, code, [(_("Chọn tệp JSON bảng điểm năm trước."), "bang-diem")])
    try:
        # Recomputed number by number before it is believed.
        sheet = verify.checked(sent.data)
    except (verify.NotScores, verify.Differs) as fault:
        words = _("“{name}” không dùng được: {fault} Xin lại đúng tệp JSON đã xuất.")
        return _page(form, code, [(words.format(name=sent.name, fault=fault), "bang-diem")])
    with form.db.transaction() as session:
        wave = held(form, session, code)
        _must_be_earlier(session, wave, sheet)
        lineages.keep(session, wave, sheet, Lineage(), brought=True)
        _note(form, session, code, sheet["wave"])
    words = _("Đã nhận bảng điểm số {sheet} của đợt {wave}.")
    words = words.format(sheet=sheet["sheet"], wave=sheet["wave"])
    return form.see(YEARS.format(code=code), words)


def _must_be_earlier(session: Session, wave: Wave, sheet: Document) -> None:
    """Raises WaveRefused for a sheet of this very wave, and for one of a wave here that is another
    one than its sheets."""
    if sheet["wave"] == wave.code:
        words = _("Tệp này là bảng điểm của chính đợt {code}. Chọn tệp của năm trước.")
        raise WaveRefused(words.format(code=wave.code))
    kept = scoresheets.digest_of(session, sheet["wave"], sheet["sheet"])
    if kept is not None and kept != sheet["digest"]:
        words = _(
            "Tệp khác bảng điểm số {sheet} của đợt {wave} đang lưu ở đây. Chọn đợt ấy trong danh"
            " sách."
        )
        raise WaveRefused(words.format(sheet=sheet["sheet"], wave=sheet["wave"]))


@router.post(f"{YEARS}/bang-noi")
def settle(form: OfficerForm, code: str) -> Response:
    """Keep what each code became, as it was chosen on the page."""
    typed: dict[str, str] = {}
    try:
        with form.db.transaction() as session:
            wave = held(form, session, code)
            earlier = _earlier(session, wave)
            now, then = waves.index_of(wave)[0], _index_of(earlier)
            links: dict[str, tuple[Link, ...]] = {}
            for asked in settling.asked(now, then, earlier.lineage):
                kind = asked.kind
                became = {a.code: form.value(f"{BECAME}-{kind}-{a.code}") for a in asked.then}
                came = {a.code: form.value(f"{CAME}-{kind}-{a.code}") for a in asked.now}
                typed |= {f"{BECAME}-{kind}-{key}": value for key, value in became.items()}
                typed |= {f"{CAME}-{kind}-{key}": value for key, value in came.items()}
                links[kind] = settling.settled(now, then, kind, became, came)
            more = settling.unasked(now, then, earlier.lineage)
            found = Lineage(links["units"], (*links["criteria"], *more))
            kept = lineagefiles.parse(lineagefiles.written(found), now, then)
            _keep(form, session, wave, earlier, kept)
    except IndexFault as fault:
        return _page(form, code, [(str(each), "") for each in fault.faults], typed)
    return form.see(YEARS.format(code=code), _("Đã lưu bảng nối năm."))


@router.post(f"{YEARS}/tep")
def upload(form: OfficerForm, code: str) -> Response:
    """Keep what became what, as a file says it."""
    sent = form.upload("tep")
    if sent is None:
        return _page(form, code, [(_("Chọn tệp bảng nối năm."), "tep")])
    try:
        with form.db.transaction() as session:
            wave = held(form, session, code)
            earlier = _earlier(session, wave)
            now, then = waves.index_of(wave)[0], _index_of(earlier)
            _keep(form, session, wave, earlier, lineagefiles.parse(sent.data, now, then))
    except IndexFault as fault:
        return _page(form, code, [(str(each), "tep") for each in fault.faults])
    return form.see(YEARS.format(code=code), _("Đã nhận bảng nối năm."))


def _earlier(session: Session, wave: Wave) -> Earlier:
    """The year that is compared with. Raises 404 where there is none."""
    found = lineages.earlier(session, wave)
    if found is None:
        raise HTTPException(404)
    return found


def _index_of(earlier: Earlier) -> Any:
    return indexfile.read(earlier.sheet["index"]["content"])


def _keep(
    form: OfficerForm, session: Session, wave: Wave, earlier: Earlier, lineage: Lineage
) -> None:
    kept = lineages.kept(session, wave)
    brought = kept is not None and kept.sheet is not None
    lineages.keep(session, wave, dict(earlier.sheet), lineage, brought=brought)
    _note(form, session, wave.code, earlier.sheet["wave"])


def _note(form: OfficerForm, session: Session, code: str, earlier: str) -> None:
    form.note(session, form.db.now(session), "wave.lineage", code, earlier=earlier)
