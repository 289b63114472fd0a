"""A score sheet can be released to everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "press_release",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.Column("asked_sheet", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("asked_staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_staff_id"], ["staff.id"], name=op.f("fk_press_release_asked_staff_id")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_press_release_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_press_release")),
    )


def downgrade() -> None:
    op.drop_table("press_release")
