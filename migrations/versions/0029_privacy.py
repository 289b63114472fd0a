"""Personal data is erased by its dates, and each time leaves a report."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("wave", sa.Column("contacts_erased_at", sa.DateTime(timezone=True)))
    op.add_column("wave", sa.Column("cast_erased_at", sa.DateTime(timezone=True)))
    op.add_column("respondent", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_table(
        "purge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("is_clean", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge")),
    )
    op.create_index("ix_purge_wave_id_what", "purge", ["wave_id", "what"])


def downgrade() -> None:
    op.drop_index("ix_purge_wave_id_what", table_name="purge")
    op.drop_table("purge")
    op.drop_column("respondent", "erased_at")
    op.drop_column("wave", "cast_erased_at")
    op.drop_column("wave", "contacts_erased_at")
