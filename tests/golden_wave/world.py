"""Who works on the golden wave and who answers it, each with a browser whose pages are kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fastapi.routing import APIRoute

from app.ballots import copies
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.waves import notes
from app.web.console.desk.cookies import cookie_name
from app.worker import sending
from tests.conftest import Clock
from tests.golden_wave.album import Album
from tests.golden_wave.half import CODE
from tests.making.consoles import Clerk, new_session, stranger
from tests.making.html import Visitor
from tests.making.smtp import SmtpServer

BASE = f"/quan-tri/dot/{CODE}"
COUNCIL = "hanh.nguyen@vi-du.vn"
PHRASE = "trâu ta ăn cỏ đồng ta"
# What the addresses of the console are about: each set gives pages of its own.
PLACES: tuple[Mapping[str, str], ...] = (
    {"{id_:int}": "1", "{unit}": "snv", "{criterion}": "2.4.1", "{question}": "q01"}
    | {"{group}": "hdnd", "{staff_id:int}": "1", "{code}": "co-quan"},
    {"{id_:int}": "7", "{unit}": "snv", "{criterion}": "8.2", "{question}": "q05"}
    | {"{group}": "phong", "{staff_id:int}": "2", "{code}": "cau-q02"},
    {"{id_:int}": "29", "{unit}": "vpubnd", "{criterion}": "8.3", "{question}": "q99"}
    | {"{group}": "xa", "{staff_id:int}": "3", "{code}": "xem-lai"},
)
QUERIES = (
    "/quan-tri/nhat-ky?viec=letters.test&ai=Thu",
    f"{BASE}/danh-sach?tim=nguoi1&nhom=hdnd",
    f"{BASE}/danh-sach?xep=co-quan&trang=2",
    "/quan-tri/bo-chi-so/1/xem-thu/xa?trang=cau-q03",
    "/quan-tri/bo-chi-so/1/xem-thu/phong?trang=gop-y&rong=hep",
    "/quan-tri/khong-co-trang-nay",
)


@dataclass
class World:
    """The wave, who works on it, and the album of what they see."""

    album: Album
    db: Database
    keys: KeyFile
    settings: Settings
    clock: Clock
    post: SmtpServer
    clerks: dict[str, Clerk] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, self.db, self.keys)

    def at(self, chapter: str, when: datetime | None = None) -> None:
        """A new chapter; everybody of the console has signed in anew for it."""
        self.album.chapter = chapter
        self.clock.now = when or self.clock.now
        for clerk in self.clerks.values():
            clerk.sit_down(cookie_name(self.settings), new_session(self.db, clerk.staff_id))

    def stranger(self) -> Clerk:
        return self.album.clerk(stranger(self.db, self.keys, self.settings))

    def device(self) -> Visitor:
        return self.album.visitor(self.app)

    def link(self, ballot: BallotName) -> str:
        return f"/p/{self.keys.tokens.link(ballot)}"

    def code(self, clerk: Clerk) -> str:
        """A code of the second factor, some time after the one before."""
        self.clock.move(minutes=1)
        return clerk.code()

    def ask(self, who: str, path: str, form: str, **typed: str | list[str]) -> Clerk:
        """Open a page and send one of its forms, with a code where it asks for one."""
        clerk = self.clerks[who].open(path)
        found = clerk.form_to(form)
        sent = {name.replace("_", "-"): value for name, value in typed.items()}
        if "ma-xac-thuc" in found.values:
            sent.setdefault("ma-xac-thuc", self.code(clerk))
        clerk.send(found, sent)
        return clerk

    def done(self, who: str, path: str, form: str, **typed: str | list[str]) -> Clerk:
        """The same, of what is not refused."""
        clerk = self.ask(who, path, form, **typed)
        assert clerk.fine, (path, form, clerk.text)
        return clerk

    def file(self, who: str, path: str, form: str, **typed: str) -> bytes:
        """What a form of a page downloads."""
        clerk = self.clerks[who].open(path)
        found = clerk.form_to(form)
        sent = {name: value[0] for name, value in found.values.items()}
        sent |= {name.replace("_", "-"): value for name, value in typed.items()}
        if sent.get("ma-xac-thuc") == "":
            sent["ma-xac-thuc"] = self.code(clerk)
        response = clerk.client.post(found.action, data=sent)
        assert response.status_code == 200, response.text
        content: bytes = response.content
        return content

    def upload(self, who: str, path: str, form: str, name: str, data: bytes, **typed: str) -> Clerk:
        clerk = self.clerks[who].open(path)
        found = clerk.form_to(form)
        sent = {key.replace("_", "-"): value for key, value in typed.items()}
        return clerk.upload(found, {"tep": (name, data)}, {**found.boxes, **sent})

    def letters(self) -> None:
        """Everything that is due goes out."""
        copies.give(self.db, self.settings.host)
        sending.send_due(self.db, self.keys, self.settings)
        self.album.letters(self.post.kept)

    def hour(self) -> None:
        self.clock.move(hours=1)
        notes.take_all(self.db)

    def look_around(self, *people: str) -> None:
        """Every address of the console that can be looked at, as each of these people sees it."""
        for who in people:
            client = self.clerks[who].client
            # In an order of its own: that of the routes follows the modules.
            for path in sorted({*self._paths(), *QUERIES}):
                client.get(path)

    def _paths(self) -> Iterator[str]:
        for route in self.app.routes:
            if not isinstance(route, APIRoute) or "GET" not in route.methods:
                continue
            for places in PLACES if route.path.startswith("/quan-tri") else ():
                path = route.path.replace("/dot/{code}", f"/dot/{CODE}")
                path = path.replace("/bo-chi-so/{id_:int}", "/bo-chi-so/1")
                for name, value in places.items():
                    path = path.replace(name, value)
                yield path.replace("{token}", "x").replace("{_behind:path}", ")")
