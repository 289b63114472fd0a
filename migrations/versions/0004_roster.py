"""Refused rows are kept for their download; people are found by their agency too."""

import sqlalchemy as sa
from alembic import op

from app.text.cleaning import search_text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "bad_rows",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_bad_rows_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_bad_rows")),
    )
    fill_search()


def fill_search() -> None:
    """Rosters that are there already can be searched by agency too."""
    respondent = sa.table(
        "respondent", *map(sa.column, ("id", "name", "email", "agency_text", "search"))
    )
    connection = op.get_bind()
    people = connection.execute(
        sa.select(respondent.c.id, respondent.c.name, respondent.c.email, respondent.c.agency_text)
    ).all()
    rows = [
        {"row": id_, "text": search_text(name, email, agency)}
        for id_, name, email, agency in people
    ]
    if rows:
        connection.execute(
            sa.update(respondent)
            .where(respondent.c.id == sa.bindparam("row"))
            .values(search=sa.bindparam("text")),
            rows,
        )


def downgrade() -> None:
    op.drop_table("bad_rows")
