"""Committee mode: trustees, their trial, and the shares they hand in."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "trustee",
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("key_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_trustee_wave_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trustee")),
        sa.UniqueConstraint("wave_id", "place", name=op.f("uq_trustee_wave_id_place")),
        sa.UniqueConstraint("wave_id", "email", name=op.f("uq_trustee_wave_id_email")),
    )
    op.create_table(
        "trustee_body",
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("trial", sa.LargeBinary(), nullable=True),
        sa.Column("trial_of", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_trustee_body_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_trustee_body")),
    )
    op.create_table(
        "handed",
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_handed_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "place", name=op.f("pk_handed")),
    )
    op.create_table(
        "trustee_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_trustee_letter_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trustee_letter")),
    )
    op.create_index("ix_trustee_letter_due_at", "trustee_letter", ["due_at"])
    op.add_column("wave", sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("wave", "shared_at")
    for table in ("trustee_letter", "handed", "trustee_body", "trustee"):
        op.drop_table(table)
