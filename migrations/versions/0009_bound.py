"""Room for what binds a row to the key file, for who added whom, for ballots declared void.

The MACs of a wave that is launched already are written by the first start after this migration: no
migration has the key file. Sessions end: what the table held of them was no MAC.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MACS = (
    ("wave", "external_mac"),
    ("ballot", "bond"),
    ("letter", "address_mac"),
    ("staff_session", "mac"),
    ("staff_letter", "mac"),
    ("letter_text", "mac"),
    ("salutation", "mac"),
    ("proposal", "mac"),
)


def upgrade() -> None:
    # Plainly, not in a batch: making the tables anew would lose their triggers.
    for table, name in MACS:
        op.add_column(table, sa.Column(name, sa.LargeBinary(), nullable=True))
    for name in ("added_by", "added_from"):
        op.add_column("respondent", sa.Column(name, sa.String(), server_default="", nullable=False))
    op.add_column("minutes", sa.Column("altered", sa.Integer(), server_default="0", nullable=False))
    op.add_column("minutes", sa.Column("unproved", sa.Text(), server_default="[]", nullable=False))
    # SQLite cannot drop a NOT NULL; this table is small and has no trigger.
    with op.batch_alter_table("unit_ballots") as table:
        table.alter_column("ballots", existing_type=sa.Integer(), nullable=True)
    op.execute("DELETE FROM staff_session")


def downgrade() -> None:
    op.execute("DELETE FROM staff_session")
    op.execute("UPDATE unit_ballots SET ballots = 0 WHERE ballots IS NULL")
    with op.batch_alter_table("unit_ballots") as table:
        table.alter_column("ballots", existing_type=sa.Integer(), nullable=False)
    for name in ("unproved", "altered"):
        op.drop_column("minutes", name)
    for name in ("added_from", "added_by"):
        op.drop_column("respondent", name)
    for table, name in reversed(MACS):
        op.drop_column(table, name)
