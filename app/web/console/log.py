"""Nhật ký: who did what, filtered, checked and exported."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from app.audit import chain, checking
from app.audit.chain import ACTIONS, ChainBroken, Head, Line
from app.audit.head import HeadDiffers, HeadUnreadable
from app.language import _, number
from app.papers import auditbook
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import XLSX, download
from app.web.console.desk.guards import Reader, ReaderForm

router = APIRouter()
PAGE = 50
PATH = f"{ROOT}/nhat-ky"

KINDS = {
    "account": _("Tài khoản"),
    "index": _("Bộ chỉ số"),
    "roster": _("Danh sách"),
    "letters": _("Thư"),
    "keys": _("Khóa hòm phiếu"),
    "wave": _("Đợt điều tra"),
    "connection": _("Khóa kết nối"),
    "privacy": _("Dữ liệu cá nhân"),
    "backup": _("Sao lưu"),
    "audit": _("Nhật ký"),
}


@dataclass(frozen=True)
class Filter:
    """What the reader asked for; empty means everything."""

    action: str
    wave: str
    who: str

    @classmethod
    def of(cls, desk: Desk) -> "Filter":
        asked = desk.request.query_params
        action = asked.get("viec", "")
        known = action in KINDS or action in ACTIONS
        return cls(action if known else "", asked.get("dot", "")[:64], asked.get("ai", "")[:100])

    @property
    def is_set(self) -> bool:
        return any((self.action, self.wave, self.who))


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader) -> Response:
    """The newest lines, and older ones page by page."""
    asked = Filter.of(desk)
    before = desk.request.query_params.get("truoc", "")
    with desk.db.reading() as session:
        found = chain.lines(
            session,
            asked.action,
            asked.wave,
            asked.who,
            int(before) if before.isdecimal() and len(before) < 10 else None,
            PAGE + 1,
        )
        head, gap = chain.head(session), checking.gap(session, desk.keys)
    return _page(desk, asked, found, head, before, gap=gap)


def _page(
    desk: Desk,
    asked: Filter,
    found: list[Line],
    head: Head,
    before: str = "",
    checked: str = "",
    broken: str = "",
    gap: str = "",
    typed: str = "",
    differs: str = "",
    unreadable: str = "",
) -> Response:
    values: dict[str, object] = {
        "asked": asked,
        "lines": [(line, auditbook.in_words(line, is_short=True)) for line in found[:PAGE]],
        "older": found[PAGE - 1].number if len(found) > PAGE else None,
        "before": before,
        "head": None,
        "chain": head,
        "kinds": KINDS,
        "actions": ACTIONS,
        "checked": checked,
        "broken": broken,
        "gap": gap,
        "typed": typed,
        "differs": differs,
        "faults": [(unreadable, "ma")] if unreadable else [],
    }
    status = 422 if broken or differs or unreadable else 200
    return desk.page("console/log.html", values, section="log", status=status)


@router.post(f"{PATH}/kiem-tra")
def verify(form: ReaderForm) -> Response:
    """Walk the whole chain; a head from minutes or a letter may be given.

    What somebody mistyped must not look like a log that was tampered with.
    """
    printed = form.value("ma")
    checked = broken = differs = unreadable = ""
    with form.db.reading() as session:
        try:
            head = checking.verify(
                session, form.keys, chain.typed_head(printed) if printed else None
            )
            checked = _("Nhật ký nguyên vẹn: {number} dòng, từ dòng đầu đến dòng cuối.").format(
                number=number(head.number)
            )
            if old := chain.log_begins(form.keys).number:
                words = _("Dòng 1 đến {number} ghi dưới tệp khóa đã mất: chỉ biết là không thiếu.")
                checked = f"{checked} {words.format(number=number(old))}"
            if printed:
                checked = f"{checked} {_('Khớp với mã đã nhập.')}"
        except HeadUnreadable as fault:
            unreadable = str(fault)
        except HeadDiffers as fault:
            differs = str(fault)
        except ChainBroken as fault:
            broken = str(fault)
        found = chain.lines(session, limit=PAGE + 1)
        head = chain.head(session)
    said = {"checked": checked, "broken": broken, "differs": differs, "unreadable": unreadable}
    return _page(form, Filter("", "", ""), found, head, typed=printed, **said)


@router.post(f"{PATH}/xuat")
def export(form: ReaderForm) -> Response:
    """All lines that fit the filter, as a workbook, oldest first."""
    with form.db.transaction() as session:
        form.note(session, form.db.now(session), "audit.export")
    # A long log takes its time; nobody who casts has to wait for it.
    with form.db.reading() as session:
        found = chain.lines(session, form.value("viec"), form.value("dot"), form.value("ai"))
    return download(auditbook.to_xlsx(found[::-1]), "nhat-ky.xlsx", XLSX)
