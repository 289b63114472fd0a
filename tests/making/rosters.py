"""A draft in the console and its list: uploaded, counted, read off pages and workbooks."""

import io
from datetime import timedelta

import openpyxl
from sqlmodel import Session

from app.keys.keyfile import KeyFile
from app.roster import people
from app.settings import Settings
from app.store.db import Database
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.making.blocks import make_index
from tests.making.consoles import Clerk, desk_of

PATH = "/quan-tri/dot/nhap/danh-sach"
HEADING = "Họ và tên,Email,Nhóm,Cơ quan\n"
GROUP = make_index("pooled").groups[0].code


def draft_of(session: Session) -> Wave:
    return waves.load(session, "nhap")


def drafting(db: Database, keys: KeyFile, configured: Settings, index: str = "pooled") -> Clerk:
    """An officer with a draft of an index."""
    assert keys.tokens  # a key file, as an officer's first deed makes it
    with db.transaction() as session:
        now = db.now(session)
        waves.new(session, "nhap", make_index(index), now, now + timedelta(days=9), now)
    return desk_of(db, keys, configured)


def put(clerk: Clerk, text: str | bytes, name: str = "ds.csv") -> Clerk:
    """Upload a list; where there is one already, in its place."""
    clerk.open(PATH)
    form = next(each for each in clerk.forms if each.element.get("enctype"))
    data = text.encode() if isinstance(text, str) else text
    return clerk.upload(form, {"tep": (name, data)}, form.boxes)


def people_of(number: int, first: int = 0) -> str:
    """A list of people who differ in their number only."""
    return HEADING + "".join(
        f"Người thứ {n},nguoi{n}@vi-du.vn,{GROUP},UBND xã\n" for n in range(first, first + number)
    )


def workbook(clerk: Clerk, path: str, code: str = "") -> list[list[str]]:
    """What a form to `path` downloads, as rows of texts; with a code where it asks for one."""
    form = clerk.form_to(path)
    data = {name: values[0] for name, values in form.values.items()}
    assert bool(code) is ("ma-xac-thuc" in data)
    data |= {"ma-xac-thuc": code} if code else {}
    response = clerk.client.post(form.action, data=data)
    assert response.status_code == 200, response.text[:300]
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


def count(db: Database) -> int:
    with db.reading() as session:
        return len(people.everyone(session, id_of(draft_of(session))))


def table(clerk: Clerk, caption: str) -> list[list[str]]:
    """The rows of the table with this caption; of a cell with a link, the words of the link."""
    found = next(
        each
        for each in clerk.tree.iter("table")
        if each.find(f"caption[@id='{caption}']") is not None
    )
    body = found.find("tbody")
    assert body is not None
    rows = []
    for row in body.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("th", "td")]
        links = [cell.find("a") for cell in cells]
        rows.append(
            [
                "".join((cell if link is None else link).itertext()).strip()
                for cell, link in zip(cells, links, strict=True)
            ]
        )
    return rows


def listed(clerk: Clerk) -> list[str]:
    """The names on the page, in their order."""
    return [row[0] for row in table(clerk, "nguoi")]
