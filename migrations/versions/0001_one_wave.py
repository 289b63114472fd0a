"""The tables of one wave, from index file to score sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Frozen at launch, whoever writes: the database keeps this promise.
FROZEN = (
    "code",
    "index_content",
    "index_digest",
    "mode",
    "two_people",
    "public_key",
    "opens_at",
    "launched_at",
)


def upgrade() -> None:
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("index_content", sa.Text(), nullable=False),
        sa.Column("index_digest", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("two_people", sa.Boolean(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urn_digest", sa.String(), nullable=True),
        sa.Column("unsealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keys_erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_wave_closes_after_opens")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("code", name=op.f("uq_wave_code")),
    )
    op.create_table(
        "comment",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_comment_wave_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_comment")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "external_percent",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("percent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_external_percent_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "unit", "criterion", name=op.f("pk_external_percent")),
    )
    op.create_table(
        "minutes",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("cast", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("void", sa.Integer(), nullable=False),
        sa.Column("foreign", sa.Integer(), nullable=False),
        sa.Column("urn_digest", sa.String(), nullable=False),
        sa.Column("receipts", sa.String(), nullable=False),
        sa.Column("comments_withheld", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_minutes_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_minutes")),
    )
    op.create_table(
        "receipt_hash",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_receipt_hash_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "hash", name=op.f("pk_receipt_hash")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "respondent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("agency_text", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("assigned", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_respondent_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondent")),
        sa.UniqueConstraint("wave_id", "email_key", name=op.f("uq_respondent_wave_id_email_key")),
    )
    op.create_table(
        "sheet",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_sheet_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "number", name=op.f("pk_sheet")),
    )
    op.create_table(
        "tally",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_tally_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "question", "unit", name=op.f("pk_tally")),
    )
    op.create_table(
        "unit_ballots",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_unit_ballots_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "unit", name=op.f("pk_unit_ballots")),
    )
    op.create_table(
        "urn",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_urn_wave_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_urn")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot",
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("respondent_id", sa.Integer(), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.Column("cast", sa.Boolean(), nullable=False),
        sa.Column("no_reminders", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["respondent_id"], ["respondent.id"], name=op.f("fk_ballot_respondent_id")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_ballot_wave_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ballot")),
        sa.UniqueConstraint("code_mac", name=op.f("uq_ballot_code_mac")),
        sa.UniqueConstraint(
            "wave_id", "respondent_id", name=op.f("uq_ballot_wave_id_respondent_id")
        ),
    )
    op.create_table(
        "draft",
        sa.Column("ballot_number", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_number"], ["ballot.number"], name=op.f("fk_draft_ballot_number")
        ),
        sa.PrimaryKeyConstraint("ballot_number", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("ballot_number", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_begun", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ballot_number"], ["ballot.number"], name=op.f("fk_letter_ballot_number")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_letter_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint(
            "ballot_number", "kind", "round", name=op.f("uq_letter_ballot_number_kind_round")
        ),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
    )
    op.create_index("ix_letter_state_due_at", "letter", ["state", "due_at"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        # Sealed bytes do not compress; out of line as they are.
        op.execute("ALTER TABLE urn ALTER COLUMN sealed SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE draft ALTER COLUMN sealed SET STORAGE EXTERNAL")
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FROZEN)
        op.execute(
            f"""CREATE FUNCTION wave_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF OLD.launched_at IS NOT NULL AND ({changed}) THEN
                RAISE EXCEPTION 'a launched wave is frozen';
              END IF;
              RETURN NEW;
            END $$"""
        )
        op.execute(
            "CREATE TRIGGER wave_frozen BEFORE UPDATE ON wave"
            " FOR EACH ROW EXECUTE FUNCTION wave_frozen()"
        )
        op.execute(
            """CREATE FUNCTION sheet_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'a score sheet never changes'; END $$"""
        )
        op.execute(
            "CREATE TRIGGER sheet_frozen BEFORE UPDATE OR DELETE ON sheet"
            " FOR EACH ROW EXECUTE FUNCTION sheet_frozen()"
        )
    else:
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
        op.execute(
            f"""CREATE TRIGGER wave_frozen BEFORE UPDATE ON wave
            WHEN OLD.launched_at IS NOT NULL AND ({changed})
            BEGIN SELECT RAISE(ABORT, 'a launched wave is frozen'); END"""
        )
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"""CREATE TRIGGER sheet_frozen_{verb.lower()} BEFORE {verb} ON sheet
                BEGIN SELECT RAISE(ABORT, 'a score sheet never changes'); END"""
            )


def downgrade() -> None:
    raise NotImplementedError("the first migration has nothing before it")
