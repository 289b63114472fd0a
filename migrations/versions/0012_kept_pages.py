"""Pages that forms of the console were answered with, sealed for the session they were made for."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "kept_page",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_hash"],
            ["staff_session.key_hash"],
            name=op.f("fk_kept_page_key_hash_staff_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_kept_page")),
    )
    op.create_index("ix_kept_page_key_hash", "kept_page", ["key_hash"])
    op.create_index("ix_kept_page_ends_at", "kept_page", ["ends_at"])


def downgrade() -> None:
    op.drop_table("kept_page")
