"""A booth for tests: the app behind a real server, visitors with browsers of their own."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import socket
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlmodel import SQLModel, select
from starlette.types import ASGIApp

from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.store.models import Wave
from app.web.listening import Listening
from tests.conftest import Clock
from tests.making.at_once import at_once
from tests.making.blocks import make_index, make_wave, names
from tests.making.html import Visitor


class Prompt(uvicorn.Server):
    """A server that ends when it is told to, not two or three tenths of a second later."""

    async def main_loop(self) -> None:
        self.loop, self.told = asyncio.get_running_loop(), asyncio.Event()
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self.told.wait(), 0.1)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for listening in self.servers:
            listening.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        while state.connections or state.tasks:  # noqa: ASYNC110 - no event tells of their end
            await asyncio.sleep(0.002)
        await self.lifespan.shutdown()

    def end(self) -> None:
        self.should_exit = True
        self.loop.call_soon_threadsafe(self.told.set)


@contextmanager
def served(app: ASGIApp, http: type[Listening] = Listening) -> Iterator[str]:
    """The address of a real server of the app."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        server_header=False,
        http=http,
        # As `phieu serve` has it: a machine that stalls for five seconds is cut off by no default.
        timeout_keep_alive=30,
    )
    # As `phieu serve` has it; pytest listens even to loggers that are switched off.
    logging.getLogger("uvicorn.access").disabled = True
    server = Prompt(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.end()
        thread.join(10)


@dataclass
class Booth:
    """A served app and what it was made of."""

    url: str
    db: Database
    keys: KeyFile
    clock: Clock
    app: FastAPI
    clients: list[httpx.Client] = field(default_factory=list)

    def visitor(self, address: str | None = None) -> Visitor:
        """A new device."""
        headers = {"x-forwarded-for": address} if address else {}
        # Without TLS; to read the certificates of the world takes longer than a visit.
        client = httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=False)
        self.clients.append(client)
        return Visitor(client)

    def wave(self, index: Index | str = "pooled", **made: Any) -> tuple[Wave, list[BallotName]]:
        """A launched wave and its ballots in roster order."""
        if isinstance(index, str):
            index = make_index(index)
        wave = make_wave(self.db, self.keys, index, **made)
        with self.db.reading() as session:
            return wave, names(session, wave)

    def ballot(self, index: Index | str = "pooled", **made: Any) -> BallotName:
        """The first ballot of a new wave."""
        return self.wave(index, **made)[1][0]

    def link(self, ballot: BallotName) -> str:
        return f"/p/{self.keys.tokens.link(ballot)}"

    def started(self, ballot: BallotName) -> Visitor:
        """A visitor who has opened the link and pressed "Bắt đầu"."""
        return self.visitor().open(self.link(ballot)).submit()

    def change(self, wave: Wave, **values: object) -> None:
        """Change columns of a wave that no verb would."""
        with self.db.transaction() as session:
            row = session.get_one(Wave, wave.id)
            for name, value in values.items():
                setattr(row, name, value)

    def dump(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.db.reading() as session:
            return {
                table.name: sorted(map(tuple, session.execute(select(table)).all()), key=repr)
                for table in SQLModel.metadata.sorted_tables
            }


@contextmanager
def open_booth(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, *, in_turn: bool = False
) -> Iterator[Booth]:
    """`in_turn`: for visitors who come one after the other, see `at_once`."""
    app = create_app(configured, db, keys)
    with served(at_once(app) if in_turn else app) as url:
        booth = Booth(url, db, keys, clock, app)
        yield booth
        for client in booth.clients:
            client.close()


def answers(visitor: Visitor, place: int = 0, text: str = "Xin cảm ơn.") -> dict[str, Any]:
    """An answer to everything the page asks: the level at `place`, every unit, a comment."""
    form = visitor.form
    levels = {name: values for name, values in form.boxes.items() if name != "units"} | form.radios
    return {
        **{name: values[min(place, len(values) - 1)] for name, values in levels.items()},
        **{name: values for name, values in form.boxes.items() if name == "units"},
        **dict.fromkeys(form.texts, text),
    }


def walk(visitor: Visitor, place: int = 0) -> list[str]:
    """Answer everything from the page that is open to the review; gives the pages' paths."""
    paths = []
    while visitor.path != "/phieu/xem-lai":
        paths.append(visitor.path)
        assert len(paths) < 200, f"going in circles: {paths[-4:]}"
        visitor.submit(answers(visitor, place))
        assert visitor.status == 200, visitor.text
    return paths


def cast(visitor: Visitor) -> str:
    """Walk to the end and cast; gives the receipt."""
    walk(visitor)
    visitor.submit()
    assert visitor.receipt is not None
    return visitor.receipt
