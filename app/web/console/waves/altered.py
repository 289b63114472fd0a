"""Phiếu bị sửa: ballots that are not as they were issued, looked for and declared void.

Looking reads every ballot of the wave, so that it has a page of its own.
"""

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _, number
from app.waves import alterations, deeds, proposals
from app.waves.alterations import Alterations
from app.waves.proposals import Second
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves.together import ASKED, held, pair_of

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/phieu-bi-sua"


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(desk: Desk, code: str, faults: Faults | None = None) -> Response:
    found = Alterations()
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        pair = pair_of(desk, session, wave, "altered")
        sealed = wave.launched_at is not None and wave.unsealed_at is None
        sealed = sealed and wave.cancelled_at is None
        if sealed:
            found = alterations.find(session, desk.keys, wave)
    may = bool(found) and wave.closed_at is not None
    asks = may and (pair is None or bool(pair.others) or (pair.mine and not pair.asked))
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/phieu-bi-sua",
        "back": f"{ROOT}/dot/{code}/mo-hom-phieu",
        "sealed": sealed,
        "found": found,
        "digest": found.digest,
        "closed": wave.closed_at is not None,
        "pair": pair,
        "asks": asks,
        "faults": [(words, field if asks else "") for words, field in faults or []],
        "bad": [field for _words, field in faults or []],
    }
    status = 422 if faults else 200
    return desk.page("console/altered.html", values, head=head, section="results", status=status)


@router.post(PATH)
def declare(form: OfficerForm, code: str) -> Response:
    """Declare them void; where two people are needed the first one asks."""
    digest = form.value("phieu")
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_confirm(session, now)
            if wave.two_people and not form.value("de-nghi"):
                if alterations.find(session, form.keys, wave).digest != digest:
                    raise WaveRefused(
                        _("Các phiếu bị sửa không còn như đã xem. Xem lại rồi đề nghị.")
                    )
                deed = deeds.void_altered(wave, digest)
                proposals.propose(session, wave, deed, form.staff.id, now)
                form.note(session, now, "wave.propose", code, proposal="altered")
                return form.see(f"{ROOT}/dot/{code}/phieu-bi-sua", ASKED)
            second = Second(form.number("de-nghi"), form.staff.id) if wave.two_people else None
            facts = alterations.declare_void(session, wave, digest, now, second)
            form.note(session, now, "wave.void-altered", code, **facts)
    except CodeRefused:
        return _page(form, code, [(WRONG_CODE, "ma-xac-thuc")])
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")])
    words = _("Đã tuyên bố vô hiệu; mở được hòm phiếu. Số phiếu không được đếm: {number}.")
    said = words.format(number=number(int(str(facts["lost"]))))
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", said)
