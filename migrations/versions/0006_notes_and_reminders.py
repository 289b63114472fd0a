"""The hourly notes count what was issued at the launch, in fixed cells; when people were reminded.

Waves that are open already go on with the cells of their last note.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Plainly, not in a batch: making the tables anew would lose their triggers.
    for name, before in (("ever_cast", sa.false()), ("at_launch", sa.true())):
        op.add_column(
            "ballot", sa.Column(name, sa.Boolean(), server_default=before, nullable=False)
        )
    op.add_column("wave", sa.Column("note_cells", sa.Text(), server_default="{}", nullable=False))
    op.add_column("wave", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    # All rows alike, cast or not, so that none is written anew apart from the others.
    op.execute('UPDATE ballot SET ever_cast = "cast"')
    fill_cells()


def fill_cells() -> None:
    """What was told apart so far, and nothing more."""
    note = sa.table("hourly_note", *map(sa.column, ("wave_id", "at", "cell")))
    wave = sa.table("wave", *map(sa.column, ("id", "note_cells")))
    connection = op.get_bind()
    newest = sa.select(note.c.wave_id, sa.func.max(note.c.at).label("at")).group_by(note.c.wave_id)
    last = newest.subquery()
    rows = connection.execute(
        sa.select(note.c.wave_id, note.c.cell)
        .join(last, (last.c.wave_id == note.c.wave_id) & (last.c.at == note.c.at))
        .where(note.c.cell != "")
    ).all()
    cells: dict[int, dict[str, str]] = {}
    for wave_id, cell in rows:
        cells.setdefault(wave_id, {}).update(dict.fromkeys(cell.split("+"), cell))
    for wave_id, found in cells.items():
        connection.execute(
            sa.update(wave).where(wave.c.id == wave_id).values(note_cells=json.dumps(found))
        )


def downgrade() -> None:
    for table, names in (
        ("wave", ("note_cells", "reminded_at")),
        ("ballot", ("ever_cast", "at_launch")),
    ):
        for name in names:
            op.drop_column(table, name)
