"""`phieu verify`: an exported sheet worked out again, from the file alone."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.files import read_bytes
from app.commands.terminal import refuse
from app.language import _
from app.papers import wholeverify as verification

verifying = typer.Typer()


@verifying.command()
def verify(file: Annotated[Path, typer.Argument(help=_("Tệp JSON"), metavar="TỆP")]) -> None:
    try:
        found = verification.verify_file(read_bytes(file))
    except (verification.NotScores, verification.Differs) as fault:
        refuse(str(fault))
    print(verification.in_words(found))
