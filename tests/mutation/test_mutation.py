"""The tool that proves the tests' teeth has teeth itself, and breaks nothing that stays."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.__main__ import EXPLAINED, MODULES, broken, explained
from tests.mutation.mutants import mutants, sample

SOURCE = '''
"""A module."""

LEAST = 2


def enough(number: int) -> bool:
    """Whether it is."""
    return number >= LEAST


class Purse:
    @property
    def empty(self) -> bool:
        return not self.coins()

    def coins(self) -> int:
        return 0
'''
TESTS = """
import coins

def test_two_are_enough():
    assert coins.enough(2)
    assert coins.enough(3)

def test_a_purse_is_empty():
    assert coins.Purse().empty
"""
TRY = """
import json, pathlib, sys
from tests.mutation import mutants, trial
here = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(here))
module = trial.Broken(here / "coins.py", "coins", [here / "test_coins.py"])
known, killers = trial.attempt(module, mutants.mutants(module.source))
print("\\n" + json.dumps([known.failed, killers]))
"""


def test_what_breaks_a_promise_is_killed_and_what_breaks_none_survives(tmp_path: Path) -> None:
    (tmp_path / "coins.py").write_text(SOURCE)
    (tmp_path / "test_coins.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]")
    ran = subprocess.run(
        [sys.executable, "-c", TRY, str(tmp_path)], capture_output=True, text=True, check=True
    )
    failed, killers = json.loads(ran.stdout.splitlines()[-1])
    assert not failed
    assert {name: killer.rpartition("::")[2] for name, killer in killers.items()} == {
        "LEAST: LEAST = 2 -> LEAST = 3": "test_two_are_enough",
        "LEAST: LEAST = 2 -> LEAST = 1": "",
        "enough: return number >= LEAST -> return None": "test_two_are_enough",
        "enough: number >= LEAST -> number > LEAST": "test_two_are_enough",
        "Purse.empty: return not self.coins() -> return None": "test_a_purse_is_empty",
        "Purse.empty: not self.coins() -> self.coins()": "test_a_purse_is_empty",
        "Purse.coins: return 0 -> return None": "",
        "Purse.coins: return 0 -> return 1": "test_a_purse_is_empty",
        "Purse.coins: return 0 -> return -1": "test_a_purse_is_empty",
    }
    assert (tmp_path / "coins.py").read_text() == SOURCE


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_mutants_enough_and_what_is_explained_is_among_them(name: str) -> None:
    found = mutants(broken(name).source)
    names = {mutant.name for mutant in found}
    assert len(names) == len(found)
    assert len(sample(found, 60)) >= 40
    assert set(explained(EXPLAINED.read_text("utf-8")).get(name, {})) <= names
