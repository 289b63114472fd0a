"""Warnings of an index are kept one by one before a launch."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column(
        "preparation", sa.Column("warned", sa.Text(), server_default="{}", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("preparation", "warned")
