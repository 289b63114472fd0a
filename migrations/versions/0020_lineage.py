"""A lineage is kept with a wave: the year it is compared with, and what became of its units."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "lineage",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_lineage_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_lineage")),
    )


def downgrade() -> None:
    op.drop_table("lineage")
