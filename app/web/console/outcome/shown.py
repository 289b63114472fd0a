"""What an address of the results asks for, and the page around it."""

from functools import lru_cache
from urllib.parse import urlencode

from fastapi import HTTPException
from starlette.responses import Response

from app.count import lineages, scoresheets
from app.language import _
from app.scores import figures
from app.scores.narrowing import Choices, Narrowing
from app.scores.results import ORDERS, Results
from app.store.db import Database
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.addresses import ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.waveline import WaveHead

# What results can be narrowed to, as it stands in an address: block, component, class.
NARROWED = ("khoi", "thanh-phan", "loai")
PATH = f"{ROOT}/dot/{{code}}/ket-qua"
Sheet = tuple[int, int]  # wave, number


@lru_cache(16)
def _read(
    db: Database, code: str, sheet: Sheet, beside: str, _before: object, _kept: object
) -> Results:
    """A sheet beside earlier ones. None ever changes, so all are read once; for other sheets
    before it (`_before`), or when something else is kept of years (`_kept`), anew."""
    with db.reading() as session:
        earlier = lineages.earlier(session, waves.load(session, code), beside)
        return Results(scoresheets.document_of(session, *sheet), earlier)


class Shown:
    """What an address of the results asks for: a wave, one of its sheets, a wave beside it."""

    def __init__(self, desk: Desk, code: str) -> None:
        asked = desk.request.query_params
        self.path = f"{ROOT}/dot/{code}/ket-qua"
        self.order = asked.get("xep", "") if asked.get("xep", "") in ORDERS else ""
        with desk.db.reading() as session:
            self.wave: Wave = desk.wave(session, code)
            self.head: WaveHead = desk.head(session, self.wave)
            self.sheets = scoresheets.numbers(session, id_of(self.wave))
            before = scoresheets.comparable(session, self.wave)
            self.kept = lineages.kept(session, self.wave)
            read_anew = lineages.stamp(session)
        newest = self.sheets[-1] if self.sheets else 0
        wanted = asked.get("bang", "")[:6]
        self.sheet = int(wanted) if wanted.isdecimal() and int(wanted) in self.sheets else newest
        self.others = [(other, other) for other, _id, _number in before]
        if self.kept and self.kept.sheet is not None:
            brought = _("{code} (tệp đã tải lên)").format(code=self.kept.earlier)
            self.others.insert(0, (lineages.FILE, brought))
        usual = self.kept.choice if self.kept else self.others[0][0] if self.others else "-"
        wanted_beside = asked.get("so-voi", "")
        known = {lineages.NONE, *(value for value, _words in self.others)}
        self.beside = wanted_beside if wanted_beside in known else usual
        self.earlier = self.beside != lineages.NONE
        # Every link goes on with the same sheet beside the same wave.
        self.asked: dict[str, str] = {}
        if self.sheet != newest:
            self.asked["bang"] = str(self.sheet)
        if self.beside != usual:
            self.asked["so-voi"] = self.beside
        self.results, self.narrowing = None, Narrowing()
        if newest:
            sheet, earlier = (id_of(self.wave), self.sheet), tuple(before)
            self.results = _read(desk.db, code, sheet, self.beside, earlier, read_anew)
            wanted_of = Narrowing(*(asked.get(name, "")[:200] for name in NARROWED))
            self.narrowing = wanted_of.of(self.results.index)
        self.unnarrowed = self.address(self.asked)
        kept = (self.narrowing.block, self.narrowing.component, self.narrowing.label)
        self.asked |= {name: code for name, code in zip(NARROWED, kept, strict=True) if code}
        self.tail = self.address(self.asked)

    @staticmethod
    def address(asked: dict[str, str]) -> str:
        """The part of an address that asks for something, empty where nothing is asked."""
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def then(self) -> str:
        """What people call the wave beside: by its year, where it is another one."""
        results = self.results
        return "" if results is None else figures.years(results.index, results.before)[0]

    def picture(self, place: int) -> str:
        """The address of a list of the ranking as a picture, in the order of the page."""
        more = {"danh-sach": str(place), **({"xep": self.order} if self.order else {})}
        return f"{self.path}/xep-hang.svg{self.address({**self.asked, **more})}"

    def sorted_by(self, order: str) -> str:
        """The address of the ranking in another order."""
        return f"?{urlencode({**self.asked, 'xep': order})}#xep-hang"


def results_of(desk: Desk, code: str) -> tuple[Shown, Results]:
    """Raises 404 before there is a sheet."""
    shown = Shown(desk, code)
    if shown.results is None:
        raise HTTPException(404)
    return shown, shown.results


def draw(
    desk: Desk, name: str, shown: Shown, values: dict[str, object], status: int = 200
) -> Response:
    common = {
        "shown": shown,
        "wave": shown.wave,
        "path": shown.path,
        "tail": shown.tail,
        "narrowing": shown.narrowing,
        "choices": Choices(shown.results.index) if shown.results else None,
        "later": figures.without_later(shown.results.document) if shown.results else "",
    }
    name, values = f"console/{name}.html", common | values
    return desk.page(name, values, head=shown.head, section="results", status=status)
