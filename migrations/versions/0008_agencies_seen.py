"""A time that nothing ever read goes: agencies that resemble a unit are settled one by one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # Plainly, as in 0007; SQLite drops a column of its own since 3.35.
    op.drop_column("preparation", "agencies_seen_at")


def downgrade() -> None:
    op.add_column(
        "preparation", sa.Column("agencies_seen_at", sa.DateTime(timezone=True), nullable=True)
    )
