"""What everybody gets to read of a released score sheet, once for the page: nothing finer than the
sheet, no counts of answers, no comments. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.index import rulewords
from app.language import _, day, decimal, moment, number, points
from app.scores import charts, components, figures, nearties, turnout
from app.scores.course import Course
from app.scores.minutes import kept_in_words
from app.scores.paper import MISSING, Table
from app.scores.results import List, Results


@dataclass(frozen=True)
class Mean:
    """The mean of a component over the units of a list of blocks: "*" where none has one."""

    name: str
    percent: str
    width: str


@dataclass(frozen=True)
class Means:
    """The components of one block."""

    title: str
    rows: tuple[Mean, ...]
    notches: str  # of its bars


@dataclass(frozen=True)
class Press:
    """A released sheet. `course` is what is known of the wave beside it."""

    results: Results
    course: Course

    @property
    def lists(self) -> tuple[List, ...]:
        return self.results.lists()

    @property
    def title(self) -> str:
        return _("Kết quả điều tra xã hội học: {name}").format(name=self.results.index.name)

    @property
    def lead(self) -> str:
        """How much of the index the survey is."""
        index = self.results.index
        return _(
            "Đây là phần điểm điều tra xã hội học, tối đa {survey} trên {whole} điểm của bộ chỉ số;"
            " không gồm điểm thẩm định."
        ).format(survey=points(index.survey_points), whole=points(index.max_points))

    @property
    def means(self) -> tuple[Means, ...]:
        """The components of each block, in index order."""
        results, found = self.results, []
        for block in results.index.blocks:
            known = results.component_means[block.code]
            rows = [
                Mean(
                    f"{each.code}. {each.name}",
                    self._percent(known[each.code]),
                    charts.width(known[each.code]),
                )
                for each in components.scored(results.index)
                if each.code in known
            ]
            codes = results.codes_of(block)
            if rows and codes:
                notches = results.shades_of(codes[0]).notches
                found.append(Means(block.name, tuple(rows), notches))
        return tuple(found)

    @property
    def lacks(self) -> bool:
        """Whether some component has no mean."""
        return any(row.percent == MISSING for block in self.means for row in block.rows)

    def _percent(self, value: Fraction | None) -> str:
        return MISSING if value is None else decimal(value, self.results.places)

    def near_ties(self, each: List) -> list[str]:
        return list(nearties.in_words(each, self.results.places))

    @property
    def made(self) -> Iterator[tuple[str, str]]:
        """How the survey was made: names and values."""
        document, index, course = self.results.document, self.results.index, self.course
        organiser = index.organiser
        if organiser is not None and organiser.name:
            yield _("Cơ quan tổ chức"), organiser.name
        if organiser is not None and organiser.basis:
            yield _("Căn cứ"), organiser.basis
        if course.opens_at is not None:
            yield _("Nhận phiếu từ"), day(course.opens_at)
        yield _("Kết thúc thu phiếu"), moment(datetime.fromisoformat(document["closed_at"]))
        yield _("Số phiếu phát ra"), number(document["issued"])
        counted, share = document["counted"], figures.share(document["counted"], document["issued"])
        yield _("Số phiếu được tính"), number(counted)
        if share:
            yield _("Tỷ lệ phiếu được tính"), f"{share}%"
        yield _("Nhóm được hỏi"), "; ".join(group.name for group in index.groups)
        yield _("Số câu hỏi tính điểm"), str(len(index.scored_questions))
        yield (
            _("Giữ khóa hòm phiếu"),
            kept_in_words(document["mode"], document["two_people"], self.course.held_by),
        )

    @property
    def groups(self) -> Table | None:
        """Ballots by group, where they may be told. Everybody is told of none where all or none of
        some cell have answered, as that tells it of each person in it."""
        document, cells = self.results.document, self.course.cells or ()
        if not cells or any(each.received in (0, each.issued) for each in cells):
            return None
        return turnout.table(cells, document["issued"], document["cast"])

    @property
    def rules(self) -> tuple[str, ...]:
        """How answers become points, in words."""
        index = self.results.index
        used = {question.scale for question in index.scored_questions}
        scales = (
            _("Trọng số các mức: {levels}.").format(levels=rulewords.scale_in_words(scale))
            for scale in index.scales
            if scale.code in used
        )
        return (*scales, *rulewords.in_words(index))
