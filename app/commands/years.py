"""`phieu wave compare`: a wave beside that of an earlier year."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from app.commands.files import read_bytes
from app.commands.terminal import Code, Json, refuse, workshop
from app.count import lineages, scoresheets
from app.index import file as indexfile
from app.language import _, decimal
from app.papers.export import Document
from app.scores import figures, yearwords
from app.scores.changes import moved
from app.scores.results import Results
from app.store.db import Session
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.years import compare as comparing
from app.years import lineage as lineagefiles
from app.years.lineage import Lineage
from app.years.year import Earlier

years = typer.Typer()


@years.command()
def compare(
    code: Code,
    earlier: Annotated[
        str,
        typer.Argument(
            help=_("Mã đợt năm trước, hoặc tệp JSON đã xuất của năm trước"),
            metavar=_("ĐỢT_TRƯỚC"),
        ),
    ],
    lineage: Annotated[Path | None, typer.Option(help=_("Tệp bảng nối năm"))] = None,
    as_json: Json = False,
) -> None:
    with workshop() as (db, _keys, _settings), db.reading() as session:
        today = scoresheets.latest_sheet(session, code)
        before, is_file = _sheet(session, earlier)
        known = None if lineage else _kept(session, code, before, is_file)
    if lineage is not None:
        indexes = (indexfile.read(each["index"]["content"]) for each in (today, before))
        known = lineagefiles.parse(read_bytes(lineage), *indexes)
    try:
        document = comparing.document(today, before, known)
    except comparing.NothingShared as nothing:
        refuse(f"{nothing} {_('Thêm --lineage TỆP.')}")
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    for line in told(Results(today, Earlier(before, known))):
        print(line)


def _sheet(session: Session, earlier: str) -> tuple[Document, bool]:
    """The newest sheet of a wave of that code, else that of a file; and whether it is a file."""
    from app.papers import verify

    try:
        return scoresheets.latest_sheet(session, earlier), False
    except WaveRefused as refused:
        path = Path(earlier)
        if earlier in waves.codes(session):
            raise
        if not path.exists():
            words = _("Nếu là tệp JSON đã xuất, xem lại đường dẫn: không có tệp {file}.")
            refuse(f"{refused} {words.format(file=earlier)}")
    try:
        return verify.checked(read_bytes(path)), True
    except (verify.NotScores, verify.Differs) as fault:
        words = _("Tệp {file} không dùng được: {fault} Xin lại đúng tệp JSON đã xuất.")
        refuse(words.format(file=earlier, fault=fault))


def _kept(session: Session, code: str, before: Document, is_file: bool) -> Lineage | None:
    """The lineage kept with a wave, if it leads from this very year."""
    wave = waves.load(session, code)
    known = lineages.kept(session, wave)
    same = known and known.earlier == before["wave"] and (known.sheet is not None) == is_file
    if not same or (is_file and known and known.sheet != before):
        return None
    found = lineages.earlier(session, wave)
    return found.lineage if found else None


def told(results: Results) -> Iterator[str]:
    """A comparison in words, as the pages and papers have them."""
    then, now = figures.years(results.index, results.before)
    yield _("{now} so với {then}").format(now=figures.titled(now), then=then)
    rose, compared = figures.rose(each.change for each in results.ranked.values())
    words = _("{rose} trên {compared} đơn vị tăng so với {then}.")
    yield words.format(rose=rose, compared=compared, then=then)
    for _block, said in yearwords.all_of(results):
        yield ""
        yield from said
    yield ""
    yield from yearwords.of_units(results)
    if results.changed.named:
        yield figures.other_criteria()
        for title, leaves in results.changed.named:
            yield f"{title}: {'; '.join(leaves)}."
    if results.changed.ruled:
        yield figures.other_rules()
        for title, rules in results.changed.ruled:
            yield f"{title}: {' '.join(rules)}"
    lists = results.lists()
    for each in lists:
        yield ""
        if each.title:
            yield f"{each.title}:"
        yield from (_unit(results, unit.code) for unit in each.units)


def _unit(results: Results, code: str) -> str:
    row = results.comparison.units[code]
    percents = [
        "*" if each is None else f"{decimal(each, results.places)}%"
        for each in (row.earlier, row.percent)
    ]
    change = figures.change(row.change, results.places)[0] or "*"
    words = _("{rank:>4}  {name}: {then} → {now}, {change}; hạng {before} → {rank}, {moved}")
    return words.format(
        rank=row.rank or "*",
        name=results.index.unit_of[code].name,
        then=percents[0],
        now=percents[1],
        change=change,
        before=row.earlier_rank or "*",
        moved=moved(row.rank, row.earlier_rank),
    )
