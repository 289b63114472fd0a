"""When who took part was first told, before the opening; ballots issued after the launch."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # Plainly, not in a batch: making the tables anew would lose their triggers.
    op.add_column("wave", sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "minutes", sa.Column("issued_later", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute(
        "UPDATE minutes SET issued_later = (SELECT count(*) FROM ballot"
        " WHERE ballot.wave_id = minutes.wave_id AND NOT ballot.at_launch)"
    )


def downgrade() -> None:
    op.drop_column("minutes", "issued_later")
    op.drop_column("wave", "listed_at")
