"""Who asks, on top of every page for respondents."""

from dataclasses import dataclass

from fastapi import Request

from app.ballots import enquiries
from app.index.definition import Index
from app.index.parts import Organiser
from app.language import _
from app.web.house import house_of


@dataclass(frozen=True)
class Letterhead:
    """Who asks, on every page. Without an index there is nobody to name yet."""

    organiser: Organiser
    what: str

    @classmethod
    def of(cls, index: Index | None) -> "Letterhead":
        if index is None:
            return cls(Organiser(name=_("Phiếu điều tra")), "")
        what = _("Phiếu đánh giá cải cách hành chính năm {year}").format(year=index.year)
        if index.is_asked_alone:
            what = _("Phiếu điều tra: {name}").format(name=index.name)
        return cls(index.organiser or Organiser(name=index.name), what)


def letterhead(request: Request) -> Letterhead:
    ballot = getattr(request.state, "ballot", None)
    return Letterhead.of(ballot.index if ballot else newest_index(request))


def newest_index(request: Request) -> Index | None:
    """Whose name stands on a page of no ballot; nobody's when even that cannot be read."""
    try:
        with house_of(request).db.reading() as session:
            return enquiries.newest_index(session)
    except Exception:  # noqa: BLE001, an error page must not fail for want of a name
        return None
