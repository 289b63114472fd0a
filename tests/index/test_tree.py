"""The tree of an index to read: maxima per block add up as the check of the file has them."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from app.index import file as indexfile
from app.index import sums, tree
from tests.making.blocks import INDEXES, LAI_CHAU, make_index

FILES = [LAI_CHAU, *sorted(INDEXES.glob("*.toml"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_sums_are_those_the_file_was_checked_by(file: Path) -> None:
    index = indexfile.parse(file.read_bytes())
    found = tree.sums(index)
    surveyed = [leaf for leaf in index.leaves if leaf.method != "appraisal"]
    assert {each.block.code: each.whole for each in found} == sums.block_sums(index, index.leaves)
    assert {each.block.code: each.survey for each in found} == sums.block_sums(index, surveyed)
    assert sum(each.units for each in found) == len(index.units)
    rows = tree.branches(index)
    assert {row.code for row in rows if row.method} == {leaf.code for leaf in index.leaves}
    for place, each in enumerate(found):
        roots = [row.maxima[place] or Fraction(0) for row in rows if row.depth == 0]
        assert sum(roots, Fraction(0)) == each.whole


def test_a_leaf_that_does_not_apply_to_a_block_has_no_maximum_there() -> None:
    index = make_index("not-applicable")
    without = [block for block in index.blocks if block.not_applicable]
    assert without
    rows = {row.code: row for row in tree.branches(index)}
    for block in without:
        place = index.blocks.index(block)
        for code in block.not_applicable:
            assert rows[code].maxima[place] is None


def test_children_stand_below_their_parent_one_step_in() -> None:
    rows = tree.branches(make_index("tree"))
    for before, row in pairwise(rows):
        assert row.depth <= before.depth + 1
    assert max(row.depth for row in rows) > 1
    assert rows[0].depth == 0
