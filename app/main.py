"""The web app: settings, database and keys come in, pages come out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

from anyio import to_thread
from fastapi import FastAPI

from app.keys import guard
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import POOL, Database, DatabaseFault
from app.store.upkeep import ReadOnly
from app.web import assets, health, metrics, press, verifier
from app.web.again import Again
from app.web.api import door as programs
from app.web.api import routes as apis
from app.web.booth import faults as booths
from app.web.booth import routes as ballots
from app.web.bounds import Bounds
from app.web.console import faults as consoles
from app.web.console import routes as desks
from app.web.console.kept import Kept
from app.web.faults import Doors
from app.web.frame import Frame
from app.web.house import House
from app.web.meters import Meters
from app.web.trustees import routes as trustees
from app.webhooks.networks import Outside
from app.worker import calling, housekeeping, returns, sending


def addresses(*modules: ModuleType) -> set[str]:
    """The templates of the routes of some modules."""
    return {route.path for module in modules for route in module.router.routes}


def create_app(
    settings: Settings,
    db: Database,
    keys: KeyFile,
    with_worker: bool = False,
    outside: Outside | None = None,
) -> FastAPI:
    """The app; with `with_worker` it delivers letters, settles closings and tells other
    programs of new sheets while it runs. `outside` is where these are."""

    # The file may go away while the app runs: a folder that is mounted no more.
    guard.guard(db, keys)
    worker = sending.Worker(db, keys, settings)
    back = returns.Returns(db, keys, settings)
    house = House(
        settings,
        db,
        keys,
        worker=worker if with_worker else None,
        returns=back if with_worker else None,
        outside=outside or Outside(),
    )
    worker.looks = house.looks

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # As many threads as connections: nobody waits for the pool while holding a thread. One
        # more, since one of them may be hashing a password, which holds no connection.
        to_thread.current_default_thread_limiter().total_tokens = POOL + 1
        stop = asyncio.Event()
        tasks = []
        if with_worker:
            tasks = [
                sending.take_turns(worker, stop),
                sending.take_turns(back, stop, "returns"),
                housekeeping.keep(db, keys, settings, stop, house.looks),
                calling.keep(db, settings, house.outside, stop),
                housekeeping.keep_up(db, settings, house.limits.write_down, stop),
            ]
        work = asyncio.gather(*tasks)
        yield
        stop.set()
        await work
        # What waits in memory is not forgotten with this process, if the database can be had.
        with contextlib.suppress(DatabaseFault, ReadOnly):
            await asyncio.to_thread(house.limits.write_down)

    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        # Its spans would carry addresses, and addresses carry links.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    app.state.house = house
    pages = (*ballots.MODULES, press, assets, health, metrics, verifier, trustees, *desks.MODULES)
    for module in pages:
        app.router.routes.extend(module.router.routes)
    for router in apis.ROUTERS:
        app.router.routes.extend(router.routes)
    doors = Doors(consoles.DOOR, *programs.DOORS, booths.DOOR)
    doors.install(app)
    app.add_middleware(Kept)
    app.add_middleware(Again, may_twice=ballots.may_come_twice)
    app.add_middleware(Bounds, refused=doors.too_long)
    meters = Meters(addresses(*ballots.MODULES), addresses(assets))
    app.state.registry = metrics.registry(house, meters)
    app.add_middleware(
        Frame, is_https=settings.is_https, last_resort=doors.last_resort, meters=meters
    )
    return app
