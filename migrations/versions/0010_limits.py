"""Wrong tries where a restart does not empty them and every process finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # Plainly, not in a batch: making the table anew would lose its triggers.
    op.add_column("staff", sa.Column("wrong_codes", sa.String(), server_default="", nullable=False))
    op.create_table(
        "wrong_try",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_wrong_try")),
    )
    op.create_index("ix_wrong_try_ends_at", "wrong_try", ["ends_at"])
    op.create_table(
        "wrong_password",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_wrong_password")),
    )
    op.create_table(
        "copy_asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_asked")),
    )


def downgrade() -> None:
    op.drop_table("copy_asked")
    op.drop_table("wrong_password")
    op.drop_index("ix_wrong_try_ends_at", "wrong_try")
    op.drop_table("wrong_try")
    op.drop_column("staff", "wrong_codes")
