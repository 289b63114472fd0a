"""The folders that hold no modules: where they lie in a checkout and in an installation.

templates/, migrations/, questionnaires/ and of docs/ the guide lie beside app/ in a checkout, and
inside it in a wheel (setup.py puts them there); locale/ lies inside it in both. Where somebody
happens to be when they call the program makes no difference.
"""

from pathlib import Path

PROGRAM = Path(__file__).parent
ABOVE = PROGRAM.parent  # what has to be on Python's path for `import app`


def folder(name: str) -> Path:
    """One of these folders."""
    inside = PROGRAM / name
    return inside if inside.is_dir() else ABOVE / name


def questionnaires() -> dict[str, Path]:
    """The files of the indexes that come with the program, by code."""
    return {path.stem: path for path in sorted(folder("questionnaires").glob("*.toml"))}
