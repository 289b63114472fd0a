"""`phieu verify` and the page for a browser on the same files, in full.

`python -m tests.verifiers [SHEETS] [CHANGES] [SEED]`: 200 random sheets and 500 single changes.
Exit 1 when the two ever disagree on whether a file is right.
"""

import random
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import track

from app.papers.export import to_json
from tests.making.browser import open_browser
from tests.making.twoverifiers import changed, of_page, of_program, open_page, sheets


def compare(number: int, changes: int, seed: int) -> bool:
    dice = random.Random(seed)
    drawn = sheets(number, dice)
    files = [to_json(sheet) for sheet in drawn]
    files += [changed(dice.choice(drawn), dice) for _each in track(range(changes), "Changes")]
    with open_browser() as browser:
        page_said = of_page(open_page(browser), files)
    program_said = [of_program(file) for file in track(files, "phieu verify")]
    out = Console()
    verdicts: Counter[str] = Counter()
    apart = 0
    for place, (program, page) in enumerate(zip(program_said, page_said, strict=True)):
        kind = "sheet" if place < number else "change"
        verdicts[f"{kind}: {'right' if program.is_right else 'wrong'}"] += 1
        if program.is_right != page.is_right or (kind == "sheet" and not page.is_right):
            apart += 1
            Path(f"apart-{place}.json").write_bytes(files[place])
            out.print(f"apart-{place}.json: phieu verify {program}, the page {page}", style="red")
    named = [
        (program.where == page.where)
        for program, page in zip(program_said, page_said, strict=True)
        if program.verdict == page.verdict == "differs"
    ]
    out.print(f"{number} sheets, {changes} changes, seed {seed}: {dict(verdicts)}")
    out.print(f"they disagree on {apart}; of {len(named)} differences both name {sum(named)} alike")
    return apart == 0


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(0 if compare(*[*numbers, *(200, 500, 14)[len(numbers) :]]) else 1)
