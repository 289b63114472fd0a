"""Where two documents differ: the first place, what stands there, what must stand there. Pure."""

import json

from app.index.faults import echo
from app.language import _

ABSENT = object()


class Differs(ValueError):
    """A number or text of the file is not what it must be."""

    def __init__(self, place: str, found: object, computed: object) -> None:
        self.place, self.found, self.computed = place, _shown(found), _shown(computed)
        super().__init__(self._words())

    def _words(self) -> str:
        return _("{place}: trong tệp là {found}, phải là {computed}.").format(
            place=self.place, found=self.found, computed=self.computed
        )

    def within(self, place: str) -> "Differs":
        """The same difference in a document that lies within another, at `place`."""
        self.place = f"{place}.{self.place}"
        self.args = (self._words(),)
        return self


def compare(found: object, computed: object, place: str) -> None:
    """Raise `Differs` at the first difference, in the order of the computed document."""
    if isinstance(found, dict) and isinstance(computed, dict):
        for key in found:
            if key not in computed:
                raise Differs(f"{place}.{echo(key)}" if place else echo(key), found[key], ABSENT)
        for key, value in computed.items():
            compare(found.get(key, ABSENT), value, f"{place}.{key}" if place else key)
    elif isinstance(found, list) and isinstance(computed, list):
        for number, value in enumerate(computed):
            item = found[number] if number < len(found) else ABSENT
            compare(item, value, f"{place}[{_name(value, number)}]")
        if len(found) > len(computed):
            raise Differs(f"{place}[{len(computed)}]", found[len(computed)], ABSENT)
    elif type(found) is not type(computed) or found != computed:
        raise Differs(place, found, computed)


def _name(entry: object, number: int) -> str:
    """An entry is named by its code, as in units[snv]; without one by its place."""
    return str(entry["code"]) if isinstance(entry, dict) and "code" in entry else str(number)


def _shown(value: object) -> str:
    if value is ABSENT:
        return _("không có")
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, dict | list):
        return _("một nhóm {number} mục").format(number=len(value))
    return echo(value)
