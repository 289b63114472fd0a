"""The index of one year: its blocks, units, criteria, scales, groups and questions, and what a
group is asked.

Pure: no I/O, no clock. An `Index` that came from `app.index.file` passed every check of
docs/index-file.md, so everything in it can be trusted: each reference exists, each leaf has a
maximum and a method.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from app.index.parts import (
    Block,
    Component,
    Criterion,
    Group,
    Organiser,
    Question,
    Rules,
    Scale,
    ScoreClass,
    Unit,
)
from app.language import _


@dataclass(frozen=True)
class Index:
    code: str
    name: str
    year: int
    max_points: Fraction
    survey_points: Fraction
    organiser: Organiser | None
    rules: Rules
    blocks: tuple[Block, ...]
    units: tuple[Unit, ...]
    components: tuple[Component, ...]
    criteria: tuple[Criterion, ...]
    scales: tuple[Scale, ...]
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]

    # Look-ups by code: unit_of["snv"], group_of["hdnd"], …
    @cached_property
    def unit_of(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def block_of(self) -> dict[str, Block]:
        return {block.code: block for block in self.blocks}

    @cached_property
    def group_of(self) -> dict[str, Group]:
        return {group.code: group for group in self.groups}

    @cached_property
    def scale_of(self) -> dict[str, Scale]:
        return {scale.code: scale for scale in self.scales}

    @cached_property
    def criterion_of(self) -> dict[str, Criterion]:
        return {criterion.code: criterion for criterion in self.criteria}

    @cached_property
    def component_of(self) -> dict[str, Component]:
        """The component above each criterion, by the criterion's code."""
        roots = {component.code: component for component in self.components}
        return {criterion.code: roots[self._root(criterion)] for criterion in self.criteria}

    def _root(self, criterion: Criterion) -> str:
        parent = criterion.parent
        while parent in self.criterion_of:
            parent = self.criterion_of[parent].parent
        return parent

    @cached_property
    def leaves(self) -> tuple[Criterion, ...]:
        """Every leaf, in file order."""
        parents = {criterion.parent for criterion in self.criteria}
        return tuple(criterion for criterion in self.criteria if criterion.code not in parents)

    @cached_property
    def scored_questions(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.is_scored)

    @cached_property
    def scored_scales(self) -> tuple[Scale, ...]:
        """The scales that answers are scored by, in file order."""
        used = {question.scale for question in self.scored_questions}
        return tuple(scale for scale in self.scales if scale.code in used)

    @cached_property
    def choices(self) -> tuple[Question, ...]:
        """The questions that only ask, in file order."""
        return tuple(question for question in self.questions if question.is_choice)

    def choices_about(self, about: str) -> tuple[Question, ...]:
        """Those about each unit ("unit"), or about none ("none")."""
        return tuple(question for question in self.choices if question.about == about)

    @cached_property
    def comments(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.is_comment)

    @cached_property
    def question_of(self) -> dict[str, Question]:
        return {question.code: question for question in self.questions}

    @cached_property
    def questions_of_leaf(self) -> dict[str, tuple[Question, ...]]:
        """The scored questions that feed each survey leaf, in file order."""
        return {
            leaf.code: tuple(q for q in self.scored_questions if q.criterion == leaf.code)
            for leaf in self.leaves
        }

    def applies(self, criterion: str, unit: Unit) -> bool:
        """Whether a leaf counts for a unit: neither its block nor the unit itself leaves it out."""
        return (
            criterion not in unit.not_applicable
            and criterion not in self.block_of[unit.block].not_applicable
        )

    def scored_leaves(self, unit: Unit) -> tuple[Criterion, ...]:
        """The survey and external leaves that apply to a unit, in file order."""
        return tuple(
            leaf
            for leaf in self.leaves
            if leaf.method in ("survey", "external") and self.applies(leaf.code, unit)
        )

    @cached_property
    def items(self) -> tuple[tuple[str, str], ...]:
        """Every (question, unit) a ballot of any group could answer, in file order.

        Question after question, in each the units whose leaf applies. It is the byte layout of a
        sealed ballot and the row order of a tally.
        """
        return tuple(
            (question.code, unit)
            for question in self.scored_questions
            for unit in self.units_of_leaf[question.criterion or ""]
        )

    @cached_property
    def choice_items(self) -> tuple[tuple[str, str], ...]:
        """Every (choice question, unit) a ballot of any group could answer, in file order; the unit
        is "" where the question is about none."""
        return tuple(
            (question.code, unit)
            for question in self.choices
            for unit in ([each.code for each in self.units] if question.about == "unit" else [""])
        )

    def classes_of(self, unit: str) -> tuple[ScoreClass, ...]:
        """The classes a unit may reach: those of its block, else those of the rules."""
        return self.block_of[self.unit_of[unit].block].classes or self.rules.classes

    @cached_property
    def class_labels(self) -> tuple[str, ...]:
        """The names of all classes that some unit may reach, block by block; empty without any."""
        blocks = {unit.block: unit.code for unit in reversed(self.units)}
        first = [blocks[block.code] for block in self.blocks if block.code in blocks]
        return tuple(dict.fromkeys(each.label for unit in first for each in self.classes_of(unit)))

    @cached_property
    def units_of_leaf(self) -> dict[str, tuple[str, ...]]:
        """The units that each leaf applies to, in file order."""
        of_block = {block.code: frozenset(block.not_applicable) for block in self.blocks}
        spared = [
            (unit.code, of_block[unit.block].union(unit.not_applicable)) for unit in self.units
        ]
        return {
            leaf.code: tuple(unit for unit, codes in spared if leaf.code not in codes)
            for leaf in self.leaves
        }

    def rated_units(
        self, group: str, agency: str | None, assigned: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """The units one respondent rates, in file order.

        `agency` is the unit code of the own agency, None for an outside one; `assigned` the unit
        codes the roster gives. Under `own_unit = "exclude"` the own agency is left out, except
        for groups that rate just their own.
        """
        rates = self.group_of[group].rates
        if rates == "own":
            return (agency,) if agency is not None else ()
        wanted = set(assigned) if rates == "assigned" else set(self.unit_of)
        if self.rules.own_unit == "exclude":
            wanted.discard(agency or "")
        return tuple(unit.code for unit in self.units if unit.code in wanted)

    def asked(self, group: str, units: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """The (question, unit) pairs that a ballot of `group` over `units` asks, in file order."""
        wanted = set(units)
        # A list first, which takes half the time: every page and every cast asks.
        return tuple(
            [
                (question.code, unit)
                for question in self.scored_questions
                if group in question.groups
                for unit in self.units_of_leaf[question.criterion or ""]
                if unit in wanted
            ]
        )

    def asked_choices(self, group: str, units: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """The (choice question, unit or "") pairs that such a ballot asks besides."""
        wanted = {*units, ""}
        return tuple(
            (question, unit)
            for question, unit in self.choice_items
            if unit in wanted and group in self.question_of[question].groups
        )

    def overticked(self, levels: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str], ...]:
        """The items of `levels` with more ticked than their question takes."""
        return tuple(
            item
            for item, ticks in levels.items()
            if len(ticks) > 1 and not self.question_of[item[0]].takes(ticks)
        )

    def answers_asked(self, group: str, units: Iterable[str]) -> dict[str, int]:
        """How many questions a ballot asks about each unit, in file order; none is left out.

        It counts by leaf, so that nothing as large as a ballot is built.
        """
        wanted = set(units)
        questions = Counter(q.criterion for q in self.scored_questions if group in q.groups)
        counted = {unit.code: 0 for unit in self.units if unit.code in wanted}
        for leaf, number in questions.items():
            for unit in self.units_of_leaf[leaf or ""]:
                if unit in counted:
                    counted[unit] += number
        return {unit: number for unit, number in counted.items() if number}

    def question_text(self, question: Question, unit: Unit | None) -> str:
        """A question's text for one unit, or as the heading over several when `unit` is None."""
        return self._filled(question, _("từng cơ quan dưới đây") if unit is None else unit.name)

    def question_alone(self, question: Question) -> str:
        """A question's text where no unit stands below it: in a list of questions, a comment."""
        return self._filled(question, _("từng cơ quan"))

    def said(self, question: Question, ticks: str) -> str:
        """What was ticked, in words: "Rất tốt", or "Thủ tục; Thái độ" of several."""
        scale = self.scale_of[question.scale or ""]
        labels = {level.code: level.label for level in scale.levels}
        return "; ".join(labels.get(level, scale.no_opinion) for level in ticks)

    def _filled(self, question: Question, name: str) -> str:
        # The name goes in last, and braces that are no placeholder stay: this is no format string.
        return question.text.replace("{year}", str(self.year)).replace("{unit}", name)
