"""An index that is being edited on the page and has faults still."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "index_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["based_on"], ["index_file.id"], name=op.f("fk_index_draft_based_on")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_draft")),
    )
    op.create_index(op.f("ix_index_draft_code"), "index_draft", ["code"])


def downgrade() -> None:
    op.drop_index(op.f("ix_index_draft_code"), table_name="index_draft")
    op.drop_table("index_draft")
