"""`make mutants [MODULE=casting]`, or `python -m tests.mutation [--all] [MODULE …]`.

Tells per module how many mutants were killed, are explained in `explained.txt`, or survived. Fails
when one survived, or when an explanation is of nothing that is there.
"""

import argparse
import importlib
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants, sample
from tests.mutation.trial import Broken, Known, attempt

HOUSE = Path(__file__).parents[2]
EXPLAINED = Path(__file__).with_name("explained.txt")
AT_LEAST = 60  # mutants of a module, of those that there are
# What takes long to read and knows nothing of ours, read once.
READ = ("cryptography.hazmat.primitives.hpke", "fastapi.testclient", "jinja2", "sqlmodel")

# A module's file, and the tests that should notice, by the names of their files.
MODULES = {
    "scoring": ("app/scores/scoring.py", "scoring scoring_properties"),
    "cells": ("app/scores/cells.py", "scoring scoring_properties verify_choices"),
    "casting": ("app/ballots/casting.py", "casting urn_order"),
    "rows": ("app/urn/rows.py", "urn casting urn_order"),
    "count": ("app/count/adding.py", "adding unsealing urn_tampered later_ballots"),
    "kinds": ("app/count/kinds.py", "adding unsealing urn_tampered later_ballots"),
    "sums": ("app/count/sums.py", "adding urn_choices"),
    "urn": ("app/keys/urn.py", "urn urn_tampered adoption"),
    "outbox": ("app/letters/outbox.py", "outbox sending removed_letters"),
    "tokens": ("app/keys/tokens.py", "tokens urn keyfile copied"),
    "verify": ("app/papers/verify.py", "verify later_ballots"),
}


def broken(name: str, chosen: str = "") -> Broken:
    path, tests = MODULES[name]
    dotted = path.removesuffix(".py").replace("/", ".")
    files = [next((HOUSE / "tests").rglob(f"test_{test}.py")) for test in tests.split()]
    return Broken(HOUSE / path, dotted, files, EXPLAINED.with_name("warming.py"), chosen)


def explained(text: str) -> dict[str, dict[str, str]]:
    """Module → mutant → why it changes nothing. One reason may stand below several mutants."""
    reasons: dict[str, dict[str, str]] = {}
    waiting: list[str] = []
    of_module: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith(" "):
            of_module = reasons.setdefault(line, {}) if line and not line.startswith("#") else {}
        elif line.startswith("        "):
            of_module |= {mutant: line.strip() for mutant in waiting}
            waiting = []
        else:
            waiting.append(line.strip())
    return reasons


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("module", nargs="*", choices=[[], *MODULES], metavar="MODULE")
    parser.add_argument("--all", action="store_true", help=f"all mutants, not {AT_LEAST} of each")
    parser.add_argument("--only", metavar="TEXT", help="those with this in their names")
    parser.add_argument("--sqlite", action="store_true", help="without the tests on PostgreSQL")
    parser.add_argument("--killers", action="store_true", help="say which test noticed each")
    chosen = parser.parse_args()
    reasons = explained(EXPLAINED.read_text("utf-8"))
    for name in READ:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(name)
    faults = 0
    print("module      mutants  killed  explained  survived  seconds")
    for name in chosen.module or MODULES:
        begun = time.monotonic()
        module = broken(name, "not postgresql" if chosen.sqlite else "")
        why = reasons.get(name, {})
        every = mutants(module.source)
        tried = every if chosen.all else sample(every, AT_LEAST)
        if chosen.only:
            tried = [each for each in every if chosen.only in each.name]
        known, killers = quietly(module, [each for each in tried if each.name not in why])
        if known.failed:
            print(f"{name}: the tests fail without any mutant: {', '.join(known.failed)}")
            return 2
        alive = [mutant for mutant, killer in killers.items() if not killer]
        numbers = (len(tried), len(killers) - len(alive), len(tried) - len(killers), len(alive))
        print(
            f"{name:10} {numbers[0]:8} {numbers[1]:7} {numbers[2]:10} {numbers[3]:9}"
            f" {time.monotonic() - begun:8.0f}",
            flush=True,
        )
        for mutant in alive:
            print(f"    {mutant}")
        gone = [mutant for mutant in why if mutant not in {each.name for each in every}]
        for mutant in gone:
            print(f"    explained, but not there: {mutant}")
        if chosen.killers:
            for mutant, killer in killers.items():
                print(f"    {mutant}\n        {killer or '-'}")
        faults += len(alive) + len(gone)
    return min(faults, 1)


def quietly(module: Broken, tried: list[Mutant]) -> tuple[Known, dict[str, str]]:
    """`attempt`, with what pytest prints kept for the case that the tests fail as they are."""
    sys.stdout.flush()
    with tempfile.TemporaryFile("w+") as log:
        kept = [os.dup(place) for place in (1, 2)]
        try:
            for place in (1, 2):
                os.dup2(log.fileno(), place)
            known, killers = attempt(module, tried)
        finally:
            for place, descriptor in zip((1, 2), kept, strict=True):
                os.dup2(descriptor, place)
                os.close(descriptor)
        if known.failed:
            log.seek(0)
            print(log.read()[-5000:])
    return known, killers


if __name__ == "__main__":
    sys.exit(main())
