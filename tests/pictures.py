"""Pictures of every page and fault of the ballot, phone and desk, light and dark, to be looked at.

`python -m tests.pictures FOLDER [SCENE…]` serves an app of its own with the Lai Châu index.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rich.progress import track

from tests.making.browser import DESKTOP, PHONE, device, open_browser, resize
from tests.making.scenes import SCENES
from tests.making.stage import open_stage

SIZES = {"phone": PHONE, "desk": DESKTOP}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def draw(folder: Path, names: Sequence[str]) -> None:
    """One picture per scene, size and scheme: `units-phone-dark.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="phieu-pictures-") as data,
        open_stage(Path(data)) as stage,
        open_browser() as browser,
    ):
        for name in track(names, "Pictures"):
            with device(browser, stage.url) as watched:
                page = watched.page
                SCENES[name].play(stage, page)
                for size in SIZES:
                    resize(page, SIZES[size])
                    for scheme in SCHEMES:
                        page.emulate_media(color_scheme=scheme)
                        path = folder / f"{name}-{size}-{scheme}.png"
                        page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("python -m tests.pictures FOLDER [SCENE…]")
    draw(Path(sys.argv[1]), sys.argv[2:] or list(SCENES))
