"""Run the web server: settings checked, database migrated, left-overs finished, then uvicorn."""

import logging
import os
import sys

import uvicorn
from fastapi import FastAPI

from app import settings, unsealing
from app.db import open_database
from app.keys import KeyFile
from app.main import create_app


def application() -> FastAPI:
    """The app from the environment, as uvicorn's worker processes build it."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    configured = settings.read(os.environ)
    db = open_database(configured.database_url)
    keys = KeyFile(configured.key_file)
    unsealing.finish(db, keys)
    return create_app(configured, db, keys, with_worker=True)


def run(host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Whatever is wrong is said before the first worker starts."""
    configured = settings.read(os.environ)
    open_database(configured.database_url).dispose()
    uvicorn.run(
        "app.serving:application",
        factory=True,
        host=host,
        port=port,
        workers=workers if workers > 1 else None,
        access_log=False,
        server_header=False,
        log_level="warning",
        # A phone on a slow line goes on with its connection; a shorter time cuts it under load.
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
