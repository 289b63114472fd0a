"""A ballot and its letters in the language of the process, as lines of JSON: `python -m
tests.english_ballot FOLDER`.

What the index says is written without marks, so that all that has some is the program's own.
"""

import json
import os
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from app import settings
from app.index import file as indexfile
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.store.db import open_database
from tests.conftest import Clock
from tests.letters.test_mail import letter, parts
from tests.making.blocks import make_wave, names
from tests.making.consoles import InProcess
from tests.making.html import Visitor
from tests.making.small_index import make_raw


def without_marks(value: Any) -> Any:
    if isinstance(value, str):
        plain = unicodedata.normalize("NFD", value.replace("đ", "d").replace("Đ", "D"))
        return "".join(sign for sign in plain if not unicodedata.combining(sign))
    if isinstance(value, dict):
        return {key: without_marks(each) for key, each in value.items()}
    return [without_marks(each) for each in value] if isinstance(value, list) else value


def tell(what: str, text: str) -> None:
    print(json.dumps([what, text], ensure_ascii=False))


def main(folder: Path) -> None:
    made = settings.read({**os.environ, "PHIEU_DATA": str(folder)})
    keys = KeyFile(folder / "phieu.key")
    clock = Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    db = open_database(made.database_url, clock)
    guard.guard(db, keys)
    raw = without_marks(make_raw())
    raw["rules"] = {**raw.get("rules", {}), "choose_units": True}
    raw["organiser"] = {"name": "Office", "contact": "Desk", "phone": "123", "email": "a@b.vn"}
    wave = make_wave(db, keys, indexfile.read(raw), people=2)
    with db.reading() as session:
        ballot = names(session, wave)[0]
    client = httpx.Client(base_url="http://thu", transport=InProcess(create_app(made, db, keys)))
    visitor = Visitor(client)

    def seen() -> None:
        tell(visitor.path, f"{visitor.title} {' '.join(visitor.tree.itertext())}")

    for path in ("/", "/tra-cuu", "/khong-co", "/p/sai", f"/p/{keys.tokens.link(ballot)}"):
        visitor.open(path)
        seen()
    visitor.submit()
    for _page in range(30):
        seen()
        if visitor.receipt:
            break
        form = visitor.form
        ticked = {name: offered[0] for name, offered in form.radios.items()}
        # First as it is, so that something is pointed out, then filled in.
        filled = {**ticked, **{name: offered[:1] for name, offered in form.boxes.items()}}
        before = visitor.path
        visitor.submit()
        if visitor.path.partition("?")[0] == before.partition("?")[0] and filled:
            seen()
            visitor.submit(filled)
    for kind in ("invitation", "reminder", "extended", "copy", "cancellation", "moved", "removed"):
        tell(kind, "\n".join(parts(letter(kind=kind))))
    db.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
