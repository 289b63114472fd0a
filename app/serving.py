"""Run the web server: settings checked, database migrated, left-overs finished, then uvicorn."""

import logging
import os
import sys

import uvicorn
from fastapi import FastAPI

from app import accounts, adoption, keyguard, repairing, settings, unsealing
from app.db import Database, open_database
from app.keys import KeyFile
from app.language import _
from app.main import create_app
from app.stafflinks import Links


def application() -> FastAPI:
    """The app from the environment, as uvicorn's worker processes build it."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    configured = settings.read(os.environ)
    db = open_database(configured.database_url)
    keys = keyguard.guard(db, KeyFile(configured.key_file))
    keys.must_be_there()
    if keys.path.exists():
        # Read now, links and tickets go on working while the file is away for a while.
        _tokens = keys.tokens
    adoption.adopt(db, keys)
    repairing.settle_left(db, keys)
    unsealing.finish(db, keys)
    return create_app(configured, db, keys, with_worker=True)


def setup_link(db: Database, keys: KeyFile, base_url: str) -> str:
    """The link to the first account; empty once there is one."""
    with db.reading() as session:
        if accounts.any_account(session):
            return ""
        token = Links(keys).make(session, "setup", 0, db.now(session))
    return f"{base_url}/quan-tri/thiet-lap/{token}"


def run(host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Whatever is wrong is said before the first worker starts."""
    configured = settings.read(os.environ)
    db = open_database(configured.database_url)
    keys = keyguard.guard(db, KeyFile(configured.key_file))
    keys.must_be_there()
    adoption.adopt(db, keys)
    link = setup_link(db, keys, configured.base_url)
    db.dispose()
    if link:
        print(_("Chưa có tài khoản nào. Mở đường dẫn này để tạo tài khoản đầu tiên:"))
        print(link, flush=True)
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
