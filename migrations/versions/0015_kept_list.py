"""The last file of a roster is kept until the launch: its name, its time, what waits of it;
what of the list could be tidier is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "kept_list",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_kept_list_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_kept_list")),
    )
    for name in ("slips", "untidy"):
        column = sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        op.add_column("preparation", column)


def downgrade() -> None:
    for name in ("slips", "untidy"):
        op.drop_column("preparation", name)
    op.drop_table("kept_list")
