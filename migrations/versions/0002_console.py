"""The tables of the console; the log and what a rehearsal is never change."""

import sqlalchemy as sa
from alembic import op

from app.text.cleaning import search_text

revision = "0002"
down_revision = "0001"

# Frozen at launch, whoever writes: the database keeps this promise.
FROZEN = (
    "code",
    "index_content",
    "index_digest",
    "mode",
    "two_people",
    "rehearsal",
    "public_key",
    "opens_at",
    "launched_at",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_audit_counts_from_one")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_table(
        "index_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_file")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email_key", name=op.f("uq_staff_email_key")),
    )
    op.create_table(
        "hourly_note",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cell", sa.String(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("cast", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_hourly_note_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "at", "cell", name=op.f("pk_hourly_note")),
    )
    op.create_table(
        "letter_text",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_letter_text_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "kind", name=op.f("pk_letter_text")),
    )
    op.create_table(
        "preparation",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("roster_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roster_file", sa.String(), nullable=False),
        sa.Column("agencies", sa.Text(), nullable=False),
        sa.Column("agencies_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("test_code_mac", sa.String(), nullable=False),
        sa.Column("test_print", sa.String(), nullable=False),
        sa.Column("test_sent_to", sa.String(), nullable=False),
        sa.Column("test_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("test_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovery_key", sa.LargeBinary(), nullable=True),
        sa.Column("recovery_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_preparation_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_preparation")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["staff.id"], name=op.f("fk_proposal_confirmed_by")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_proposal_staff_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_proposal_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "mac", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "reminder_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_reminder_rule_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rule")),
        sa.UniqueConstraint("wave_id", "due_at", name=op.f("uq_reminder_rule_wave_id_due_at")),
    )
    op.create_table(
        "salutation",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_salutation_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "group", name=op.f("pk_salutation")),
    )
    op.create_table(
        "staff_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_letter_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_letter")),
    )
    op.create_table(
        "staff_session",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_staff_session")),
    )
    # Plainly, not in a batch: making the tables anew would lose their triggers.
    op.add_column("letter", sa.Column("address", sa.String(), nullable=True))
    op.add_column("respondent", sa.Column("search", sa.String(), server_default="", nullable=False))
    op.add_column("respondent", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "wave", sa.Column("rehearsal", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("wave", sa.Column("remind_days", sa.String(), server_default="", nullable=False))

    fill_search()
    if op.get_bind().dialect.name == "postgresql":
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FROZEN)
        op.execute(
            f"""CREATE OR REPLACE FUNCTION wave_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF OLD.launched_at IS NOT NULL AND ({changed}) THEN
                RAISE EXCEPTION 'a launched wave is frozen';
              END IF;
              RETURN NEW;
            END $$"""
        )
        op.execute(
            """CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the log never changes'; END $$"""
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit"
            " FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
        )
    else:
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
        op.execute("DROP TRIGGER wave_frozen")
        op.execute(
            f"""CREATE TRIGGER wave_frozen BEFORE UPDATE ON wave
            WHEN OLD.launched_at IS NOT NULL AND ({changed})
            BEGIN SELECT RAISE(ABORT, 'a launched wave is frozen'); END"""
        )
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"""CREATE TRIGGER audit_append_only_{verb.lower()} BEFORE {verb} ON audit
                BEGIN SELECT RAISE(ABORT, 'the log never changes'); END"""
            )


def fill_search() -> None:
    """Rosters that are there already can be searched too."""
    respondent = sa.table(
        "respondent", sa.column("id"), sa.column("name"), sa.column("email"), sa.column("search")
    )
    connection = op.get_bind()
    people = connection.execute(
        sa.select(respondent.c.id, respondent.c.name, respondent.c.email)
    ).all()
    rows = [{"row": id_, "text": search_text(name, email)} for id_, name, email in people]
    if rows:
        connection.execute(
            sa.update(respondent)
            .where(respondent.c.id == sa.bindparam("row"))
            .values(search=sa.bindparam("text")),
            rows,
        )


def downgrade() -> None:
    raise NotImplementedError("a log cannot be taken back")
