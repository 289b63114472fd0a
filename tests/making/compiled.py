"""One cache of compiled statements for every database that tests open.

SQLAlchemy compiles a statement once for each engine, and almost every test has engines of its own:
a third of the time of the suite went into compiling the same few hundred statements again.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, create_engine, util

from app.store import db as store

STATEMENTS = 4_000
_dialects: dict[str, Dialect] = {}
_compiled: Any = util.LRUCache(STATEMENTS)


def engine_of(url: Any, **settings: Any) -> Engine:
    """An engine as the product makes it, that knows what engines before it compiled."""
    engine = create_engine(url, **settings)
    # A compiled statement is known by its dialect; the first one of a kind stands for all.
    engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
    engine._compiled_cache = _compiled
    return engine


@pytest.fixture(autouse=True, scope="session")
def compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "create_engine", engine_of)
        yield
