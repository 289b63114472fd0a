"""Questions that only ask, on papers: a table for each, of its cells or of all units. Pure."""

from collections.abc import Iterator

from app.index.parts import Question, Unit
from app.language import _, number
from app.scores.choices import Choices, Said, Ticked, few, of_shares
from app.scores.paper import MISSING, Column, Heading, Part, Table, Text
from app.scores.results import Results

UPRIGHT = 5  # so many levels, with percents, are too many for a page that is not across


def annex(results: Results) -> Iterator[Part]:
    """The annex of a report; nothing where the index has no such question."""
    choices = Choices(results.index, results.document)
    if not results.index.choices:
        return
    yield Heading(_("Câu hỏi thêm"))
    yield Text(_intro())
    for said in choices.about_none:
        yield from _of_cells(choices, said)
    for question, rows in choices.by_unit:
        yield Heading(results.index.question_alone(question), 2)
        yield _of_units(choices, question, rows)


def of_unit(results: Results, unit: Unit, title: str) -> Iterator[Part]:
    """What was said about one unit; nothing where no question asks about units."""
    choices = Choices(results.index, results.document)
    said = choices.of_unit(unit.code)
    if said:
        yield Heading(title)
        yield Text(_intro())
    for each in said:
        yield from _of_cells(choices, each, crowded=UPRIGHT)


def _intro() -> str:
    return _("Câu hỏi thêm chỉ để lấy ý kiến, không tính điểm.")


def _of_cells(choices: Choices, said: Said, crowded: int = 99) -> Iterator[Part]:
    """A table of one question; from so many levels on each cell has counts alone."""
    yield Heading(said.text, 2)
    if not said.cells:
        yield Text(few(choices.index))
        return
    bare = len(said.levels) >= crowded
    first = 27 if bare else 36
    width = (100 - first) // (1 + len(said.levels))
    columns = (
        Column(_("Nhóm đối tượng"), first, number=False),
        Column(_("Số phiếu trả lời"), width),
        *(Column(level.label, width) for level in said.levels),
    )
    rows = []
    for place, name in enumerate((_("Tất cả"), *said.cells)):
        ticked = [(level.whole, *level.cells)[place] for level in said.levels]
        shown = (number(each.count) if bare else _shown(each) for each in ticked)
        rows.append((name, number(said.answers[place]), *shown))
    # One group alone is all there are.
    rows = rows[1:] + rows[:1] if len(said.cells) > 1 else rows[1:]
    caption = _("Số phiếu chọn mỗi mức, trong ngoặc là phần trăm")
    if bare:
        caption = _("Số phiếu chọn mỗi mức")
        rows.append((_("Tỷ lệ %"), "", *(level.whole.share for level in said.levels)))
    yield Table(caption, columns, tuple(rows), (of_shares(said.question),))


def _shown(ticked: Ticked) -> str:
    share = f" ({ticked.share}%)" if ticked.share else ""
    return number(ticked.count) + share


def _of_units(choices: Choices, question: Question, rows: tuple[tuple[Unit, Said], ...]) -> Table:
    labels = choices.labels(question)
    width = 65 // (1 + len(labels))
    columns = (
        Column(_("Đơn vị"), 35, number=False),
        Column(_("Số phiếu trả lời"), width),
        *(Column(label, width) for label in labels),
    )
    shown: list[tuple[str, ...]] = []
    for unit, said in rows:
        shares = [level.whole.share for level in said.levels] or [MISSING] * len(labels)
        answers = number(said.answers[0]) if said.answers else MISSING
        shown.append((unit.name, answers, *shares))
    notes = [of_shares(question)]
    if any(not said.cells for _unit, said in rows):
        notes.append(f"* {few(choices.index)}")
    caption = _("Tỷ lệ phần trăm phiếu chọn mỗi mức, từng đơn vị")
    return Table(caption, columns, tuple(shown), tuple(notes))
