"""Which groups are counted together, so that no number is about fewer people than ten. Pure."""

from collections.abc import Mapping

LEAST = 10


def cells(issued: Mapping[str, int]) -> dict[str, str]:
    """The cell of each group, by the ballots issued to it, in index order.

    Groups under ten are counted together; while that cell is under ten the smallest other joins it
    (at a tie the earlier). When all together are under ten, no cell but the whole is noted.
    """
    return _together({group: count for group, count in issued.items() if count})


def coarser(noted: Mapping[str, str], left: Mapping[str, int]) -> dict[str, str]:
    """The cells of groups so far, put together by the same rule where few people are left.

    `left` are the people of each group who are still on the roster; none is few, too. Empty when
    all together are few.
    """
    sizes = dict.fromkeys(noted.values(), 0)
    for group, cell in noted.items():
        sizes[cell] += left.get(group, 0)
    joined = _together(sizes)
    return {group: joined[cell] for group, cell in noted.items()} if joined else {}


def _together(sizes: Mapping[str, int]) -> dict[str, str]:
    if sum(sizes.values()) < LEAST:
        return {}
    small = [name for name, size in sizes.items() if size < LEAST]
    large = [name for name in sizes if name not in small]
    while small and sum(sizes[name] for name in small) < LEAST:
        joining = min(large, key=lambda name: sizes[name])
        large.remove(joining)
        small.append(joining)
    order = list(sizes)
    merged = "+".join(sorted(small, key=order.index))
    return {name: merged if name in small else name for name in order}
