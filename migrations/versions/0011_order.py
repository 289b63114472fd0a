"""People and agencies in the order of Vietnamese names."""

import sqlalchemy as sa
from alembic import op

from app.store.models import OrderKey
from app.text.order import name_key, person_key

revision = "0011"
down_revision = "0010"

PORTION = 1000


def upgrade() -> None:
    # Plainly, not in a batch: making the table anew would lose its triggers.
    for name in ("name_order", "agency_order"):
        column = sa.Column(name, OrderKey(), server_default="", nullable=False)
        op.add_column("respondent", column)
    fill()


def fill() -> None:
    """Rosters that are there already stand in the same order; one portion at a time, so that no
    roster is too large for the memory."""
    respondent = sa.table(
        "respondent",
        *map(sa.column, ("id", "name", "agency_text", "name_order", "agency_order")),
    )
    connection, columns = op.get_bind(), respondent.c
    people = sa.select(columns.id, columns.name, columns.agency_text).order_by(columns.id)
    change = (
        sa.update(respondent)
        .where(columns.id == sa.bindparam("row"))
        .values(name_order=sa.bindparam("person"), agency_order=sa.bindparam("agency"))
    )
    last = 0
    while found := connection.execute(people.where(columns.id > last).limit(PORTION)).all():
        keys = [
            {"row": id_, "person": person_key(name), "agency": name_key(agency)}
            for id_, name, agency in found
        ]
        connection.execute(change, keys)
        last = found[-1].id


def downgrade() -> None:
    op.drop_column("respondent", "agency_order")
    op.drop_column("respondent", "name_order")
