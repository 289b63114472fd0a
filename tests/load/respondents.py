"""The driver, a process of its own, and what it saw."""

import json
import subprocess
import sys
from dataclasses import dataclass

from tests.load.premises import ROOT

AT_ONCE = 32


@dataclass(frozen=True)
class Driven:
    """What all respondents together saw; times in seconds, `cpu` is the driver's own."""

    seconds: float
    cpu: float
    receipts: list[str]
    requests: list[float]
    answers: int

    def slowest(self, share: float) -> float:
        """The time within which that share of the requests was answered."""
        return sorted(self.requests)[int(share * (len(self.requests) - 1))]


def drive(port: int, links: list[str], at_once: int, plain: bool = False) -> Driven:
    """Let the driver follow the links to their receipts, or with `plain` just ask for them."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.load.driver", str(port), str(at_once)),
            *(["--plain"] if plain else []),
        ],
        cwd=ROOT,
        input="\n".join(links),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Driven(**json.loads(done.stdout))
