"""What was ticked at choice questions stands in the tally: how many ballots answered each."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("tally", sa.Column("answers", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("tally", "answers")
