"""A form that came while nothing might be written, given back to be sent again as it was filled in.

What nobody may read over a shoulder or find in a page's source is not given back: passwords,
phrases, codes. Whoever sends the form again is asked for them, and for its file, as ever.
"""

from dataclasses import dataclass

from fastapi import Request

from app.web.posts import Posts

SECRET = frozenset(
    {
        *("mat-khau", "mat-khau-cu", "lap-lai"),
        *("cau", "cau-lai", "cau-thu"),
        "ma-xac-thuc",
    }
)


@dataclass(frozen=True)
class Again:
    """Where to, what with, and what of it was written in words."""

    action: str
    fields: list[tuple[str, str]]
    had_file: bool
    had_secret: bool

    @classmethod
    def of(cls, request: Request, sent: Posts) -> "Again":
        """The form as it came."""
        query = request.url.query
        return cls(
            request.url.path + (f"?{query}" if query else ""),
            [(name, value) for name, value in sent.fields if name not in SECRET],
            bool(sent.uploads),
            any(name in SECRET for name, _value in sent.fields),
        )

    @property
    def words(self) -> list[str]:
        """What somebody wrote, to be copied to another place."""
        return [value for _name, value in self.fields if " " in value.strip()]
