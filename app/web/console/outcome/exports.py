"""Xuất báo cáo: the sheet for people and for the scoring system, a check of a file."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import course, lineages, scoresheets, wholesheets
from app.language import _
from app.papers import export, wholeverify
from app.papers.analysts import bundle
from app.papers.verify import Verified
from app.store.db import Session
from app.waves import heads
from app.waves.wave import WaveRefused, id_of, index_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import DOCX, XLSX, ZIP, download
from app.web.console.desk.guards import Reader, ReaderForm
from app.web.console.door.connections import addresses

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/xuat-bao-cao"
KINDS = {
    "docx": DOCX,
    "xlsx": XLSX,
    "csv": "text/csv",
    "json": "application/json",
    "zip": ZIP,
}
NAMES = {"docx": "bao-cao", "zip": "phan-tich"}


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    return page(desk, code)


def page(desk: Desk, code: str, fault: str = "", found: str = "") -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        numbers = scoresheets.numbers(session, id_of(wave))
        joined = wholesheets.numbers(session, wave)
        index, _layout = index_of(wave)
        written = heads.of(session, index)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/xuat-bao-cao",
        "code": code,
        "wave": wave,
        "numbers": numbers,
        "whole": joined,
        "fault": fault,
        "found": found,
        "units": index.units,
        "written": written,
        "report_number": written.number(_("BC")),
        **addresses(desk, code),
    }
    status = 422 if fault else 200
    return desk.page("console/exports.html", values, head=head, section="exports", status=status)


@router.post(f"{PATH}/kiem-tra")
def check(form: ReaderForm, code: str) -> Response:
    """Recompute an exported file; it needs nothing but the file."""
    sent = form.upload("tep")
    if sent is None:
        return page(form, code, _("Chọn tệp JSON đã xuất."))
    if sent.name.lower().endswith((".xlsx", ".docx", ".csv")):
        # What most people have at hand; a fault of JSON would tell them nothing.
        words = _(
            "“{name}” là tệp để đọc. Chỉ tệp JSON có đủ số phiếu và quy tắc để tính lại: tải tệp"
            " JSON ở trang này, hoặc xin đúng tệp JSON đã gửi đi."
        )
        return page(form, code, words.format(name=sent.name))
    try:
        known = wholeverify.verify_file(sent.data)
    except (wholeverify.NotScores, wholeverify.Differs) as fault:
        return page(form, code, str(fault))
    words = wholeverify.in_words(known)
    # Whoever changes counts and computes all anew makes a sound file; it is not ours, though.
    with form.db.reading() as session:
        kept = _kept(session, known)
        trial = scoresheets.is_rehearsal(session, known.wave)
    if trial:
        # None was handed out: somebody has written it himself, to have it vouched for here.
        return page(
            form,
            code,
            _(
                "Đợt {wave} là đợt tập dượt (PHIẾU THỬ): bảng điểm của nó không có giá trị và không"
                " xuất được."
            ).format(wave=known.wave),
        )
    if kept is None:
        words += ". " + _("Bảng điểm này không có ở đây, nên chỉ biết là tệp tính đúng.")
    elif kept != known.digest:
        return page(
            form,
            code,
            _(
                "Các con số trong tệp khớp nhau, nhưng tệp khác bảng điểm số {sheet} của đợt {wave}"
                " đang lưu ở đây. Lấy lại tệp từ trang này."
            ).format(sheet=known.sheet, wave=known.wave),
        )
    else:
        words += ". " + _("Tệp trùng với bảng điểm đang lưu ở đây.")
    return page(form, code, found=words)


def _kept(session: Session, known: Verified) -> str | None:
    """The digest of the sheet of that number which is kept here."""
    look = scoresheets.digest_of if known.survey is None else wholesheets.digest_of
    return look(session, known.wave, known.sheet)


@router.post(f"{PATH}/{{kind}}")
def write(form: ReaderForm, code: str, kind: str) -> Response:
    """The newest sheet as a file. A rehearsal has none."""
    if kind not in KINDS:
        raise HTTPException(404)
    try:
        with form.db.reading() as session:
            wave = form.wave(session, code)
            document = scoresheets.latest_sheet(session, code)
            earlier = lineages.earlier(session, wave)
            told = course.of(session, wave)
            whole = wholesheets.beside(session, code, document)
        with form.db.transaction() as session:
            now = form.db.now(session)
            form.note(session, now, "wave.export", wave.code, format=kind, sheet=document["sheet"])
    except WaveRefused as refused:
        return page(form, code, refused.words)
    what = NAMES.get(kind, "bang-diem")
    name = f"{code}-{what}-{document['sheet']}.{kind}"
    if kind == "zip":
        return download(bundle.to_zip(document), name, ZIP)
    return download(export.write(kind, document, earlier, told, whole), name, KINDS[kind])
