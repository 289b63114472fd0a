"""Appraised points, the heads of units, and the sheets of the whole index."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for table, value in (("appraised_point", "points"), ("unit_head", "name")):
        keys = ["wave_id", "unit", *(["criterion"] if value == "points" else [])]
        op.create_table(
            table,
            sa.Column("wave_id", sa.Integer(), nullable=False),
            *(sa.Column(key, sa.String(), nullable=False) for key in keys[1:]),
            sa.Column(value, sa.String(), nullable=False),
            sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f(f"fk_{table}_wave_id")),
            sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
        )
    op.create_table(
        "whole_sheet",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_whole_sheet_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "number", name=op.f("pk_whole_sheet")),
    )
    op.add_column("wave", sa.Column("appraised_mac", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("wave", "appraised_mac")
    for table in ("whole_sheet", "unit_head", "appraised_point"):
        op.drop_table(table)
