"""How many connections to the database a process has, and how many of them are at work."""

from sqlalchemy.pool import QueuePool

from app.store.db import Database


def connections(db: Database) -> dict[str, int]:
    """By what they do; nothing where each is made for its use alone."""
    pool = db.engine.pool
    if not isinstance(pool, QueuePool):
        return {}
    return {"busy": pool.checkedout(), "idle": pool.checkedin(), "most": pool.size()}
