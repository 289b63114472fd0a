"""The public record of a wave."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "record_entry",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_record_entry_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "number", name=op.f("pk_record_entry")),
    )
    op.create_table(
        "record_sum",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_record_sum_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "what", name=op.f("pk_record_sum")),
    )


def downgrade() -> None:
    op.drop_table("record_sum")
    op.drop_table("record_entry")
