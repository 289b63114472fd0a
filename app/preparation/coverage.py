"""Whether enough people are asked about each criterion of each unit. Pure."""

from collections import Counter
from collections.abc import Mapping

from app.index.definition import Index

# (group, own agency, units assigned) of people who are asked the same, and how many they are.
Asked = tuple[str, str | None, tuple[str, ...]]


def coverage(index: Index, people: Mapping[Asked, int]) -> Counter[tuple[str, str]]:
    """How many people are asked each question about each unit."""
    per_group: dict[str, Counter[str]] = {group.code: Counter() for group in index.groups}
    for (group, agency, assigned), count in people.items():
        for unit in index.rated_units(group, agency, assigned):
            per_group[group][unit] += count
    found: Counter[tuple[str, str]] = Counter()
    for question, unit in index.items:
        groups = index.question_of[question].groups
        found[question, unit] = sum(per_group[group][unit] for group in groups)
    return found


def short_leaves(index: Index, people: Mapping[Asked, int]) -> list[tuple[str, str, int]]:
    """(unit, leaf, people) where no question of a leaf can reach `min_ballots`."""
    asked, least = coverage(index, people), index.rules.min_ballots
    short = []
    for unit in index.units:
        for leaf in index.scored_leaves(unit):
            if leaf.method == "survey":
                most = max(
                    (asked[q.code, unit.code] for q in index.questions_of_leaf[leaf.code]),
                    default=0,
                )
                if most < least:
                    short.append((unit.code, leaf.code, most))
    return short
