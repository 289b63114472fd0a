"""How sure an opening says its results are."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "precision",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_precision_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_precision")),
    )


def downgrade() -> None:
    op.drop_table("precision")
