"""The telephone of an account: its first one, and the next one."""

import segno
from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from app.language import _
from app.staff import accounts, factors, proofs, staff
from app.web.console.desk.addresses import LOOK, ROOT, SECOND_FACTOR
from app.web.console.desk.cookies import set_session
from app.web.console.desk.desk import CONFIRM, CodeRefused, Desk, Faults, Stale
from app.web.console.desk.guards import SignedInDesk, SignedInForm
from app.web.console.desk.strangers import strangers_page

router = APIRouter()


@router.api_route(SECOND_FACTOR, methods=LOOK)
def ask_code(desk: SignedInDesk) -> Response:
    return _second_factor(desk, [])


def _second_factor(desk: Desk, faults: Faults) -> Response:
    """The first telephone of an account, or the next one: then the old one is asked too."""
    with desk.db.reading() as session:
        secret = factors.secret_to_come(session, desk.keys, desk.staff)
    address = staff.provisioning(secret, desk.staff.email, _("Phiếu, điều tra CCHC"))
    code = segno.make(address, error="m")
    # Its colours are attributes, so that no style is needed.
    image = code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    values: dict[str, object] = {
        "image": Markup(image),  # noqa: S704  # made here, of a secret of ours
        "secret": factors.in_fours(secret),
        "bad": {field for _words, field in faults},
        "faults": faults,
    }
    status = 422 if faults else 200
    if desk.staff.ready:
        return desk.page("console/signin-factor.html", values, section="accounts", status=status)
    # The menu leads nowhere yet.
    values["ticket"] = desk.ticket
    response = strangers_page("console/signin-factor.html", values, status)
    return set_session(response, desk.house, desk.staff.cookie)


@router.post(SECOND_FACTOR)
def confirm_code(form: SignedInForm) -> Response:
    """The first code of a telephone; the first telephone brings the recovery codes, shown once."""
    if form.staff.ready and not form.has(CONFIRM):
        # The form of a first telephone, sent twice: by a double click, or by reloading the codes.
        words = _(
            "Điện thoại đã đặt xong. Nếu chưa cất mã dự phòng, hãy tạo mã mới ở mục “Tạo mã dự"
            " phòng mới”."
        )
        return form.see(f"{ROOT}/tai-khoan", words)
    with form.db.reading() as session:
        secret = factors.secret_to_come(session, form.keys, form.staff)
        step = staff.step_of(secret, form.value("ma"), form.db.now(session))
    if step is None:
        words = _(
            "Mã không đúng. Nhập mã đang hiện trên điện thoại; vẫn không được thì bật giờ tự động"
            " trên điện thoại."
        )
        return _second_factor(form, [(words, "ma")])
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            proofs.hold(session, form.staff.id)
            if factors.secret_to_come(session, form.keys, form.staff) != secret:
                raise Stale  # another telephone was first
            if form.staff.ready:
                form.must_confirm(session, now)
            first, who = not form.staff.ready, form.staff.id
            if not factors.use_secret(session, form.keys, who, secret, step, now, first):
                raise Stale
            accounts.end_sessions(session, form.staff.id, but=form.staff.key_hash)
            form.note(session, now, "account.second-factor")
            if form.staff.ready:
                return form.see(f"{ROOT}/tai-khoan", _("Từ nay dùng điện thoại mới."))
            codes = factors.new_recovery_codes(session, form.keys, form.staff.id)
    except CodeRefused:
        words = _("Mã của điện thoại cũ không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")
        return _second_factor(form, [(words, CONFIRM)])
    values: dict[str, object] = {"codes": codes}
    return form.page("console/signin-codes.html", values, section="accounts", has_secret=True)
