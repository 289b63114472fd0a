"""When the list of who took part was first drawn before the urn was opened."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # Plainly, not in a batch: making the table anew would lose its triggers.
    op.add_column("wave", sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("wave", "listed_at")
