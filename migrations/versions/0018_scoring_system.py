"""Keys of connection with a scope, waves and an end; addresses that are told of a new sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

TEXTS = {"scope": (sa.String(), "read"), "waves": (sa.Text(), "")}
TIMES = ("expires_at", "used_at")


def upgrade() -> None:
    for name, (kind, default) in TEXTS.items():
        column = sa.Column(name, kind, server_default=default, nullable=False)
        op.add_column("connection_key", column)
    for name in TIMES:
        op.add_column("connection_key", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("connection_key", sa.Column("mac", sa.LargeBinary(), nullable=True))
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["connection_key.id"], name=op.f("fk_webhook_key_id_connection_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("key_id", name=op.f("uq_webhook_key_id")),
    )
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
            name=op.f("fk_webhook_call_webhook_id_webhook"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("webhook_id", "kind", "wave", "sheet", name="uq_webhook_call_sheet"),
    )
    op.create_index("ix_webhook_call_due_at", "webhook_call", ["due_at"])


def downgrade() -> None:
    op.drop_table("webhook_call")
    op.drop_table("webhook")
    for name in (*TEXTS, *TIMES, "mac"):
        op.drop_column("connection_key", name)
