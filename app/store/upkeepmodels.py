"""The table of the switch that keeps everybody from writing while an installation is worked on."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.store.models import moment_field


class Upkeep(SQLModel, table=True):
    """One row while nothing may be written, none otherwise."""

    __tablename__ = "upkeep"

    id: int = Field(default=1, primary_key=True)
    since: datetime = moment_field(nullable=False)
    until: datetime | None = moment_field()  # when it should be over, as people are told
