"""Who can be one of two is written down at the launch of a wave."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "wave_officer",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_wave_officer_staff_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_officer_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "staff_id", name=op.f("pk_wave_officer")),
    )
    fill_officers()
    # What was proposed before says too little to be confirmed.
    op.execute(
        "UPDATE proposal SET withdrawn_at = at"
        " WHERE done_at IS NULL AND withdrawn_at IS NULL AND action <> 'void'"
    )


def fill_officers() -> None:
    """Of waves that are launched already: the officers of today whose account was there then."""
    op.execute(
        "INSERT INTO wave_officer (wave_id, staff_id, counts_from)"
        " SELECT wave.id, staff.id, wave.launched_at FROM wave, staff"
        " WHERE wave.two_people AND wave.launched_at IS NOT NULL AND wave.unsealed_at IS NULL"
        " AND wave.cancelled_at IS NULL AND staff.removed_at IS NULL"
        " AND staff.totp_confirmed_at IS NOT NULL AND staff.roles LIKE '%officer%'"
        " AND staff.created_at <= wave.launched_at"
    )


def downgrade() -> None:
    op.drop_table("wave_officer")
