"""The words of the letters: subject, text, how a group is addressed, and how it will look."""

from fastapi import APIRouter
from starlette.responses import Response

from app import lettertexts, mail, testletter, waves
from app import wordings as wording_of
from app.index import Index
from app.language import _
from app.lettertexts import LONGEST_BODY, LONGEST_SALUTATION, LONGEST_SUBJECT, PLACES, Wording
from app.models import Wave
from app.web.console.cookies import ROOT
from app.web.console.desk import LOOK, Desk, Form, Officer, OfficerForm

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/thu"
KINDS = {"invitation": _("Thư mời"), "reminder": _("Thư nhắc")}
Faults = list[tuple[str, str]]


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    with desk.db.reading() as session:
        wording = wording_of.of(session, desk.wave(session, code))
    return _page(desk, code, wording, [])


def _page(desk: Desk, code: str, wording: Wording, faults: Faults) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        stored = wording_of.of(session, wave)
        index, _layout = waves.index_of(wave)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/thu",
        "back": f"{ROOT}/dot/{code}/phat-phieu",
        "wording": wording,
        "kinds": KINDS if wave.launched_at is None else {"reminder": KINDS["reminder"]},
        "draft": wave.launched_at is None,
        "index": index,
        "places": list(PLACES),
        "usual": mail.USUAL_GREETING,
        "seen": desk.print_of(repr(stored)),
        "faults": faults,
        "bad": [field for _words, field in faults],
        "preview": None if faults else _preview(desk, wave, index, wording),
    }
    status = 422 if faults else 200
    return desk.page("console/letters.html", values, head=head, section="launch", status=status)


def _preview(desk: Desk, wave: Wave, index: Index, wording: Wording) -> list[tuple[str, str, str]]:
    """Each kind of letter to the first group: (kind, subject, text)."""
    asked = desk.request.query_params.get("nhom", "")
    group = asked if asked in index.group_of else index.groups[0].code
    facts = testletter.facts_of(index, group, _("Nguyễn Văn A"), "a@vi-du.vn", wave.closes_at)
    found = []
    for kind, words in KINDS.items():
        of_kind = testletter.facts_of(
            index, group, facts.name, facts.email, wave.closes_at, kind=kind
        )
        subject, text = testletter.preview(of_kind, index, desk.settings.base_url, wording)
        found.append((words, subject, text))
    return found


def _posted(form: Form, index: Index, stored: Wording) -> tuple[Wording, Faults]:
    faults: Faults = []

    def text(name: str, longest: int, one_line: bool) -> str:
        value = form.value(name).replace("\r\n", "\n")
        faults.extend((words, name) for words in lettertexts.faults(value, longest, one_line))
        return value

    subjects, bodies = dict(stored.subjects), dict(stored.bodies)
    for kind in KINDS:
        if form.has(f"{kind}.noi-dung"):
            subjects[kind] = text(f"{kind}.tieu-de", LONGEST_SUBJECT, True)
            bodies[kind] = text(f"{kind}.noi-dung", LONGEST_BODY, False)
    salutations = {
        group.code: text(f"xung-ho.{group.code}", LONGEST_SALUTATION, True)
        for group in index.groups
        if form.has(f"xung-ho.{group.code}")
    }
    wording = Wording(subjects, bodies, salutations or stored.salutations, stored.rehearsal)
    return wording, faults


@router.post(PATH)
def save(form: OfficerForm, code: str) -> Response:
    """Keep the words; after the launch those of the reminder alone."""
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        stored = wording_of.of(session, wave)
        form.must_be_fresh(repr(stored))
        index, _layout = waves.index_of(wave)
        wording, faults = _posted(form, index, stored)
        if not faults:
            kinds = ("invitation", "reminder") if wave.launched_at is None else ("reminder",)
            texts = {
                kind: (wording.subjects.get(kind, ""), wording.bodies.get(kind, ""))
                for kind in kinds
            }
            salutations = wording.salutations if wave.launched_at is None else {}
            wording_of.keep(session, wave, texts, salutations)
            form.note(session, now, "letters.edit", code, kind=list(kinds))
    if faults:
        return _page(form, code, wording, faults)
    return form.see(f"{ROOT}/dot/{code}/thu", _("Đã lưu lời thư. Xem lại bên dưới."))
