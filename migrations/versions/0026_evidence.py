"""Ballots issued anew after the closing, and the letter about it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("wave", sa.Column("reopened_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("wave", sa.Column("objections_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("wave", "objections_until")
    op.drop_column("wave", "reopened_until")
