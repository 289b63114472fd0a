"""Letters that came back, and addresses that were dead."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("letter", sa.Column("returned", sa.String(), nullable=True))
    op.create_table(
        "dead_address",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dead_address")),
    )


def downgrade() -> None:
    op.drop_table("dead_address")
    op.drop_column("letter", "returned")
