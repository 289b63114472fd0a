"""Standard errors and 95 % limits by R's package survey, to compare ours with.

    python -m tests.precision.reference [WAVES]

needs `Rscript` with the package survey (Debian: r-cran-survey). It has R work out every unit, and
every two neighbours, of so many random waves (100), prints how far ours are off, and writes the
first FEW to `reference.json`, which the tests compare on every run.

R is given ballots, strata and the percent as a formula of totals; it differentiates by itself.
"""

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.index import file as indexfile
from app.precision.variance import Spread
from tests.making.sureness import Ballots, random_ballots

FEW = 12
KEPT = Path(__file__).with_name("reference.json")
SCRIPT = """
suppressMessages(library(survey))
options(digits = 15)
jobs <- read.csv("jobs.csv", stringsAsFactors = FALSE)
for (i in seq_len(nrow(jobs))) {
  data <- read.csv(jobs$file[i])
  made <- svydesign(ids = ~1, strata = ~stratum, weights = ~one, fpc = ~issued, data = data)
  totals <- svytotal(as.formula(paste("~", jobs$columns[i])), made)
  found <- svycontrast(totals, list(p = parse(text = jobs$formula[i])[[1]]))
  limits <- confint(found, df = degf(made))
  figures <- format(c(SE(found)[1], limits[2] - limits[1]), digits = 12)
  cat(jobs$file[i], trimws(figures), "\\n")
}
cat("version", as.character(packageVersion("survey")), R.version.string, "\\n")
"""

Key = tuple[int, str]  # seed of the wave; unit, or two neighbours with "-" between


def ours(ballots: Ballots) -> dict[str, Spread]:
    """Each unit, and each two neighbours, that have a spread."""
    look = ballots.look()
    pairs = ((f"{a}-{b}", look.spread_of(sums)) for (a, b), sums in look._pairs.items())
    found = {**look.spreads(), **dict(pairs)}
    return {name: spread for name, spread in found.items() if spread is not None}


class Job:
    """What R is given of one unit or of two: rows of ballots, and the percent as a formula."""

    def __init__(self, ballots: Ballots, name: str) -> None:
        self.ballots, self.index = ballots, ballots.index
        self.tally = ballots.tally()
        self.units = name.split("-")
        self.columns: dict[str, tuple[str, str, tuple[str, ...], str]] = {}
        first, *second = [f"({self._percent(unit)})" for unit in self.units]
        self.formula = " - ".join((first, *second))
        self.used = sorted(self.columns)

    def _percent(self, unit: str) -> str:
        points, maxima = [], []
        for leaf in self.index.scored_leaves(self.index.unit_of[unit]):
            ratios = [
                (question.weight, ratio)
                for question in self.index.questions_of_leaf.get(leaf.code, ())
                if (ratio := self._ratio(question.code, unit))
            ]
            if ratios:
                above = " + ".join(f"({weight}) * {ratio}" for weight, ratio in ratios)
                below = " + ".join(f"({weight})" for weight, _ratio in ratios)
                points.append(f"({leaf.max_points}) * ({above}) / ({below})")
                maxima.append(f"({leaf.max_points})")
        return f"100 * ({' + '.join(points)}) / ({' + '.join(maxima)})"

    def _ratio(self, question: str, unit: str) -> str:
        counts = self.tally.counts[question, unit]
        cells = [
            (key, self._column(f"{question}{unit}c{n}", question, unit, tuple(key.split("+"))))
            for n, key in enumerate(counts or {})
            if sum(m for level, m in (counts or {})[key].items() if self._counts(level))
        ]
        if not cells:
            return ""
        if self.index.rules.weighting == "pooled":
            above, below = (" + ".join(c + side for _key, c in cells) for side in "yx")
            return f"(({above}) / ({below}))"
        weights = [
            "(" + " + ".join(f"({self.index.group_of[g].weight})" for g in key.split("+")) + ")"
            for key, _column in cells
        ]
        above = " + ".join(
            f"{w} * {c}y / {c}x" for w, (_key, c) in zip(weights, cells, strict=True)
        )
        return f"(({above}) / ({' + '.join(weights)}))"

    def _counts(self, level: str) -> bool:
        return level != "-" or self.index.rules.no_opinion == "zero"

    def _column(self, name: str, question: str, unit: str, groups: tuple[str, ...]) -> str:
        for side in "yx":
            self.columns[name + side] = (question, unit, groups, side)
        return name

    def rows(self) -> Iterator[list[object]]:
        """Stratum, ballots issued there, 1, and a number for each column."""
        items = self.ballots.layout.items
        worth = {level.code: level.worth for level in self.index.scales[0].levels}
        answering = []
        for said in self.ballots.said:
            group = self.ballots.kinds[said.kind].group
            answers = {
                item: chr(byte) for item, byte in zip(items, said.levels, strict=True) if byte
            }
            if any(unit in self.units for _question, unit in answers):
                answering.append((said.kind, group, answers))
        strata, issued = self._strata([kind for kind, _group, _answers in answering])
        for _kind, group, answers in answering:
            row: list[object] = [strata[group], issued[strata[group]], 1]
            for question, unit, groups, side in (self.columns[name] for name in self.used):
                level = answers.get((question, unit), "")
                counts = bool(level) and group in groups and self._counts(level)
                row.append(float(worth.get(level, 0)) if side == "y" and counts else int(counts))
            yield row

    def _strata(self, kinds: list[int]) -> tuple[dict[str, str], dict[str, int]]:
        """Group → stratum → ballots issued; small groups joined, by another hand than the app's."""
        known = self.ballots.kinds
        present = [
            g.code for g in self.index.groups if any(known[k].group == g.code for k in kinds)
        ]
        size = {
            code: sum(known[k].group == code and known[k].at_launch for k in kinds)
            for code in present
        }
        least = max(2, self.index.rules.min_ballots)
        small = {code for code in present if size[code] < least}
        if small and sum(size[code] for code in small) < least:
            small.add(min((c for c in present if c not in small), key=lambda code: size[code]))
        strata = {code: "small" if code in small else code for code in present}
        issued: dict[str, int] = {}
        for kind in known:
            asked = any(
                unit in kind.units and self.ballots.asked(kind.group, unit) for unit in self.units
            )
            if asked and kind.group in strata:
                name = strata[kind.group]
                issued[name] = issued.get(name, 0) + kind.issued
        return strata, issued


def by_survey(waves: Iterable[tuple[int, Ballots]]) -> tuple[dict[Key, tuple[float, float]], str]:
    """Standard error and length of the interval of everything that ours has; the versions."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        keys: dict[str, Key] = {}
        jobs = [("file", "columns", "formula")]
        for seed, ballots in waves:
            for name in ours(ballots):
                job, file = Job(ballots, name), f"{seed}-{name}.csv"
                keys[file] = seed, name
                jobs.append((file, " + ".join(job.used), job.formula))
                with (folder / file).open("w", newline="") as out:
                    writer = csv.writer(out)
                    writer.writerow(["stratum", "issued", "one", *job.used])
                    writer.writerows(job.rows())
        with (folder / "jobs.csv").open("w", newline="") as out:
            csv.writer(out).writerows(jobs)
        (folder / "script.R").write_text(SCRIPT)
        done = subprocess.run(
            ["Rscript", "script.R"], cwd=folder, stdout=subprocess.PIPE, text=True, check=True
        )
    *lines, last = done.stdout.splitlines()
    parted = (line.split() for line in lines)
    found = {keys[file]: (float(error), float(length)) for file, error, length in parted}
    return found, f"R survey {last.removeprefix('version ').strip()}"


def off(mine: float, theirs: float) -> float:
    """The relative difference; of nothing, how much there is."""
    return abs(mine - theirs) / theirs if theirs > 1e-9 else abs(mine)


def main(number: int) -> None:
    waves = [(seed, random_ballots(seed)) for seed in range(number)]
    theirs, version = by_survey(waves)
    largest = [0.0, 0.0]
    for seed, ballots in waves:
        for name, spread in ours(ballots).items():
            error, length = theirs[seed, name]
            largest[0] = max(largest[0], off(spread.error, error))
            largest[1] = max(largest[1], off(2 * spread.margin, length))
    print(f"{version}: {number} waves, {len(theirs)} errors and intervals;")
    print(f"largest relative difference {largest[0]:.1e} of an error, {largest[1]:.1e} of a length")
    few: dict[str, Any] = {"by": version, "waves": []}
    for seed, ballots in waves[:FEW]:
        said = {name: each for (of, name), each in theirs.items() if of == seed}
        few["waves"].append({"ballots": written(ballots), "errors": said})
    KEPT.write_text(json.dumps(few, ensure_ascii=False, separators=(",", ":")) + "\n")


def written(ballots: Ballots) -> dict[str, Any]:
    """Ballots as JSON, their index in canonical form."""
    return {
        "index": indexfile.canonical(ballots.index),
        "kinds": [[k.group, k.at_launch, list(k.units), k.issued] for k in ballots.kinds],
        "said": [
            f"{said.kind}:{said.levels.replace(bytes(1), b'.').decode()}" for said in ballots.said
        ],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
