"""The sheets that there are for programs. A wave that is unknown, has no sheet, or is a rehearsal
is answered alike."""

from datetime import datetime

from fastapi import Request

from app.count import scoresheets
from app.language import HANOI, _
from app.papers import export
from app.waves import wave as waves
from app.waves.wave import CODE_SIGNS
from app.web.api.door import V1
from app.web.faults import Refused
from app.web.house import house_of

Published = tuple[export.Document, datetime]  # with the time its wave opened


def published(
    request: Request, code: str | None = None, number: int | None = None
) -> list[Published]:
    """See `scoresheets.published`. Raises WaveAltered, TallyAltered when one is not as it was
    made."""
    with house_of(request).db.reading() as session:
        documents = scoresheets.published(session, code, number)
        return [(each, waves.load(session, each["wave"]).opens_at) for each in documents]


def found(
    request: Request, code: str, number: int | None = None, address: str = f"{V1}/waves"
) -> Published:
    """One of them. Raises Refused where there is none."""
    those = published(request, code, number) if set(code) <= CODE_SIGNS else []
    if not those:
        raise Refused(
            404,
            _("Không có bảng điểm ở địa chỉ này."),
            _("Xem các đợt đã có bảng điểm, và số của bảng mới nhất, ở {address}.").format(
                address=address
            ),
        )
    return those[0]


def entry(document: export.Document, opened: datetime, address: str) -> dict[str, object]:
    """A wave in a list: its newest sheet in short, and the address of that."""
    content = document["index"]["content"]
    return {
        "code": document["wave"],
        "name": content["index"]["name"],
        "year": int(content["index"]["year"]),
        "sheet": document["sheet"],
        "digest": document["digest"],
        "opens_at": opened.astimezone(HANOI).isoformat(timespec="seconds"),
        "closed_at": document["closed_at"],
        "issued": document["issued"],
        "counted": document["counted"],
        "address": address.format(code=document["wave"]),
    }


def named(document: export.Document, *kinds: str) -> dict[str, object]:
    """Codes and names of parts of the index."""
    content = document["index"]["content"]
    return {
        kind: [{"code": each["code"], "name": each["name"]} for each in content[kind]]
        for kind in kinds
    }


SUMS = ("points", "max_points", "percent", "exact_percent", "rank", "class")


def units(document: export.Document, *more: str) -> list[dict[str, object]]:
    """The units of a sheet with their names."""
    known = {unit["code"]: unit for unit in document["index"]["content"]["units"]}
    return [
        {
            **{key: known[unit["code"]][key] for key in ("code", "name", "block")},
            **{key: unit[key] for key in (*SUMS, *more)},
        }
        for unit in document["units"]
    ]
