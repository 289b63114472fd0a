"""A rehearsal of a wave: the same index and words, a few people, and it counts for nothing."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.index.definition import Index
from app.index.estimate import USUALLY_ASSIGNED
from app.language import _
from app.preparation import wordings
from app.roster.file import AGENCY, EMAIL, GROUP, NAME, Person
from app.roster.rows import person_of
from app.text.cleaning import email_key
from app.text.table import TableFault
from app.waves import launch
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves import waveform

router = APIRouter()
MOST_TESTERS = 20


@router.api_route(f"{ROOT}/dot/{{code}}/tap-duot", methods=LOOK)
def ask_rehearsal(desk: Officer, code: str) -> Response:
    return _rehearsal(desk, code, desk.staff.email, [])


def _rehearsal(
    desk: Desk, code: str, typed: str, faults: Faults, bad_code: bool = False
) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/tap-duot",
        "back": f"{ROOT}/dot/{code}/phat-phieu",
        "index": index,
        "typed": typed,
        "faults": faults,
        "bad_code": bad_code,
        "most": MOST_TESTERS,
    }
    status = 422 if faults else 200
    return desk.page("console/rehearsal.html", values, head=head, section="launch", status=status)


@router.post(f"{ROOT}/dot/{{code}}/tap-duot")
def rehearse(form: OfficerForm, code: str) -> Response:
    """Launch a wave that counts for nothing, with the same index and words, to a few people."""
    # One address is one person, in whatever case it is typed.
    typed = {email_key(address): address for address in form.value("dia-chi").split()}
    addresses = list(typed.values())[: MOST_TESTERS + 1]
    try:
        with form.db.transaction() as session:
            source, now = form.wave(session, code), form.db.now(session)
            if source.rehearsal:
                raise HTTPException(404)
            form.must_confirm(session, now)
            index, _layout = waves.index_of(source)
            testers = _testers(index, addresses, form.value("nhom"))
            trial = waves.new(
                session,
                waveform.free_code(code, waves.codes(session), waveform.REHEARSAL),
                index,
                now,
                now + timedelta(days=3),
                now,
            )
            trial.rehearsal = True
            # The launch reads the row again.
            session.flush()
            waves.import_roster(session, trial, testers, form.staff.who)
            wordings.copy(session, source, trial)
            issued = launch.launch(form.db, session, form.keys, form.settings, trial)
            form.note(session, now, "wave.launch", trial.code, **launch.facts(trial, issued))
    except CodeRefused:
        return _rehearsal(form, code, form.value("dia-chi"), [(WRONG_CODE, "ma-xac-thuc")], True)
    except TableFault as fault:
        faults = [(each.message, "dia-chi") for each in fault.faults]
        return _rehearsal(form, code, form.value("dia-chi"), faults)
    except WaveRefused as refused:
        return _rehearsal(form, code, form.value("dia-chi"), [(refused.words, "dia-chi")])
    words = _("Đã phát phiếu thử. Mọi trang phiếu đều ghi “PHIẾU THỬ”; kết quả không xuất được.")
    return form.see(f"{ROOT}/dot/{trial.code}/phat-phieu", words)


def _testers(index: Index, addresses: list[str], group: str) -> list[Person]:
    if not addresses or len(addresses) > MOST_TESTERS:
        raise WaveRefused(
            _("Ghi từ 1 đến {number} địa chỉ, mỗi dòng một địa chỉ.").format(number=MOST_TESTERS)
        )
    groups = [g for g in index.groups if g.code == group] or list(index.groups)
    own = index.units[0].code
    found = []
    for place, address in enumerate(addresses):
        chosen = groups[place % len(groups)]
        typed = {
            NAME: _("Người thử {number}").format(number=place + 1),
            EMAIL: address,
            GROUP: chosen.code,
            AGENCY: own if chosen.rates == "own" else _("Tập dượt"),
            "Đơn vị đánh giá": ";".join(list(index.unit_of)[:USUALLY_ASSIGNED])
            if chosen.rates == "assigned"
            else "",
        }
        found.append(person_of(index, typed))
    return found
