"""Letters to staff and trustees come back too; and since when nothing goes out is known to all."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("staff_letter", sa.Column("returned", sa.String()))
    op.add_column("trustee_letter", sa.Column("returned", sa.String()))
    op.create_table(
        "mail_stop",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("for_good", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_mail_stop")),
    )


def downgrade() -> None:
    op.drop_table("mail_stop")
    op.drop_column("trustee_letter", "returned")
    op.drop_column("staff_letter", "returned")
