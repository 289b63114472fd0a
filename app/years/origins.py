"""What each unit and each leaf of a year came from, by a lineage. Pure."""

from dataclasses import dataclass, field
from functools import cached_property

from app.index.definition import Index
from app.years.lineage import Lineage, Link


@dataclass(frozen=True)
class Origins:
    """What each code of this year came from, by links and, where none speaks, by its own name."""

    links: tuple[Link, ...]
    now: tuple[str, ...]
    then: tuple[str, ...]
    split: frozenset[str] = field(init=False)  # codes that share the one they came from

    def __post_init__(self) -> None:
        several = (link for link in self.links if len(link.after) > 1)
        object.__setattr__(self, "split", frozenset(c for link in several for c in link.after))

    @cached_property
    def of(self) -> dict[str, tuple[str, ...]]:
        """Code of this year → the earlier codes it came from; empty: it is new."""
        named = {code for link in self.links for code in link.before}
        said = {code: link.before for link in self.links for code in link.after}
        then = set(self.then)
        return {
            code: said.get(code, (code,) if code in then and code not in named else ())
            for code in self.now
        }

    @cached_property
    def gone(self) -> tuple[str, ...]:
        """The earlier codes that became nothing, in their order."""
        kept = {code for codes in self.of.values() for code in codes}
        return tuple(code for code in self.then if code not in kept)


def of_units(lineage: Lineage | None, now: Index, then: Index) -> Origins:
    return Origins(lineage.units if lineage else (), tuple(now.unit_of), tuple(then.unit_of))


def of_leaves(lineage: Lineage | None, now: Index, then: Index) -> Origins:
    return Origins(
        lineage.criteria if lineage else (),
        tuple(leaf.code for leaf in now.leaves),
        tuple(leaf.code for leaf in then.leaves),
    )
