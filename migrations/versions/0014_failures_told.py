"""When the officers of a wave were last told of invitations that failed, and of which."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "failures_told",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letters", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_failures_told_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_failures_told")),
    )


def downgrade() -> None:
    op.drop_table("failures_told")
