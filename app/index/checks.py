"""What the entries of an index file say about one another: codes, references, the tree.

Pure. Every check notes its faults and goes on; it stays silent where an earlier fault leaves it
without an answer, so that one mistake is told once.
"""

from collections import Counter
from collections.abc import Collection

from app.index.definition import Index
from app.index.entries import Places
from app.index.faults import Faults, echo, entry_place
from app.index.parts import Criterion
from app.language import _

# Far beyond any province (124 communes, 63 questions), and still quick to read and to lay out.
MOST = {"units": 500, "questions": 500, "criteria": 2_000, "groups": 100}
MOST_ITEMS = 200_000  # questions times units on one ballot


def check(index: Index, places: Places, faults: Faults) -> None:
    """Note everything that entries get wrong about one another.

    `places` says where each entry stands, `faults` what their own reading found.
    """
    checks = Checks(index, places, faults)
    checks.codes()
    checks.references()
    checks.parents()
    checks.loops()
    checks.leaves_and_nodes()
    checks.questions_of_leaves()
    checks.levels()
    checks.sizes()


class Checks:
    """An index under check, its entries beside their places."""

    def __init__(self, index: Index, places: Places, faults: Faults) -> None:
        self.index = index
        self.places = places
        self.faults = faults
        self.blocks = list(zip(places["blocks"], index.blocks, strict=True))
        self.units = list(zip(places["units"], index.units, strict=True))
        self.criteria = list(zip(places["criteria"], index.criteria, strict=True))
        self.questions = list(zip(places["questions"], index.questions, strict=True))
        parents = {criterion.parent for criterion in index.criteria}
        self.nodes = [(place, item) for place, item in self.criteria if item.code in parents]
        self.leaves = [(place, item) for place, item in self.criteria if item.code not in parents]
        self.node_codes = {item.code for _place, item in self.nodes}
        self.leaf_of = {leaf.code: leaf for _place, leaf in self.leaves}
        self.parent_of = {item.code: item.parent for item in index.criteria}
        self.looped: set[str] = set()

    def codes(self) -> None:
        """No code stands twice; components and criteria share theirs, since parents name both."""
        index = self.index
        for kinds, codes in (
            (["blocks"], [block.code for block in index.blocks]),
            (["units"], [unit.code for unit in index.units]),
            (
                ["components", "criteria"],
                [item.code for item in index.components] + [item.code for item in index.criteria],
            ),
            (["scales"], [scale.code for scale in index.scales]),
            (["groups"], [group.code for group in index.groups]),
            (["questions"], [question.code for question in index.questions]),
        ):
            places = [place for kind in kinds for place in self.places[kind]]
            first: dict[str, str] = {}
            for place, code in zip(places, codes, strict=True):
                if code and first.setdefault(code, place) != place:
                    message = _("mã “{code}” đã dùng ở {first}; hãy đổi mã này.")
                    self.faults.add(
                        f"{place}, code", message.format(code=echo(code), first=first[code])
                    )

    def references(self) -> None:
        """Every code that an entry names stands in the list it belongs to."""
        index = self.index
        organiser = index.organiser
        if organiser and organiser.unit:
            self.known("[organiser], unit", organiser.unit, index.unit_of, "units")
        for place, unit in self.units:
            self.known(f"{place}, block", unit.block, index.block_of, "blocks")
            self.leaves_named(place, unit.not_applicable)
        for place, block in self.blocks:
            self.leaves_named(place, block.not_applicable)
        for place, question in self.questions:
            for code in dict.fromkeys(question.groups):
                self.known(f"{place}, groups", code, index.group_of, "groups")
            if question.scale is not None:
                self.known(f"{place}, scale", question.scale, index.scale_of, "scales")
            if question.criterion is not None:
                self.survey_leaf(f"{place}, criterion", question.criterion)

    def known(self, place: str, code: str, among: Collection[str], *kinds: str) -> bool:
        """Whether a code exists. Says nothing when the reference or the list is itself at fault."""
        if code in among:
            return True
        lists = [f"[[{kind}]]" for kind in kinds]
        told = any(title in self.faults for title in lists) or (not code and place in self.faults)
        if not told:
            message = _("không có mã “{code}” trong {lists}.{near} Hãy sửa mã hoặc thêm mục.")
            near = self.faults.suggestion(code, among)
            self.faults.add(
                place, message.format(code=echo(code), lists=", ".join(lists), near=near)
            )
        return False

    def leaves_named(self, place: str, codes: tuple[str, ...]) -> None:
        for code in dict.fromkeys(codes):
            self.leaf(f"{place}, not_applicable", code)

    def leaf(self, place: str, code: str) -> Criterion | None:
        """The leaf that a reference means."""
        if code in self.node_codes:
            message = _("“{code}” còn có tiêu chí con; hãy ghi mã các tiêu chí con.")
            self.faults.add(place, message.format(code=echo(code)))
            return None
        return self.leaf_of[code] if self.known(place, code, self.leaf_of, "criteria") else None

    def survey_leaf(self, place: str, code: str) -> None:
        leaf = self.leaf(place, code)
        if leaf and leaf.method in ("appraisal", "external"):
            message = _(
                'tiêu chí “{code}” có method = "{method}" nên không có câu hỏi; '
                'hãy chọn tiêu chí có method = "survey".'
            )
            self.faults.add(place, message.format(code=echo(code), method=leaf.method))

    def parents(self) -> None:
        roots = {item.code for item in self.index.components}
        among = roots | self.parent_of.keys()
        for place, item in self.criteria:
            self.known(f"{place}, parent", item.parent, among, "components", "criteria")

    def loops(self) -> None:
        """Nothing is its own ancestor; each loop is told once."""
        done: set[str] = set()
        for start in self.parent_of:
            path: dict[str, None] = {}
            code = start
            while code in self.parent_of and code not in done and code not in path:
                path[code] = None
                code = self.parent_of[code]
            done.update(path)
            if code not in path:
                continue
            codes = list(path)
            loop = codes[codes.index(code) :]
            self.looped.update(loop)
            place = next(place for place, item in self.criteria if item.code == code)
            message = _("thành vòng: {loop}; hãy sửa parent của một tiêu chí trong vòng.")
            shown = " → ".join(echo(item) for item in [*loop[:10], code])
            self.faults.add(f"{place}, parent", message.format(loop=shown))

    def leaves_and_nodes(self) -> None:
        """A leaf has a maximum and a method, a node has no method."""
        for place, leaf in self.leaves:
            for key, value in (("max_points", leaf.max_points), ("method", leaf.method)):
                if value is None and f"{place}, {key}" not in self.faults:
                    message = _("tiêu chí không có tiêu chí con thì cần khóa này; hãy thêm {key}.")
                    self.faults.add(f"{place}, {key}", message.format(key=key))
        for place, node in self.nodes:
            if node.method is not None and node.code not in self.looped:
                message = _("tiêu chí có tiêu chí con thì không có method; hãy xóa khóa này.")
                self.faults.add(f"{place}, method", message)

    def questions_of_leaves(self) -> None:
        """Each survey leaf that applies to some unit has a question.

        A question without a group is already refused, and any group can come to rate any unit.
        """
        if "[[questions]]" in self.faults or "[[units]]" in self.faults:
            return
        covered = {question.criterion for question in self.index.questions}
        of_block = {block.code: frozenset(block.not_applicable) for block in self.index.blocks}
        spared = [
            of_block.get(unit.block, frozenset()).union(unit.not_applicable)
            for unit in self.index.units
        ]
        for place, leaf in self.leaves:
            if leaf.method != "survey" or leaf.code in covered:
                continue
            if any(leaf.code not in codes for codes in spared):
                message = _(
                    "tiêu chí điều tra chưa có câu hỏi nào; "
                    'hãy thêm một [[questions]] có criterion = "{code}" hoặc sửa method.'
                )
                self.faults.add(place, message.format(code=echo(leaf.code)))

    def levels(self) -> None:
        """Levels that answers are scored by have a weight, and no more may be ticked than are."""
        only_asked = {q.scale for q in self.index.choices} - {
            q.scale for q in self.index.scored_questions
        }
        for place, scale in zip(self.places["scales"], self.index.scales, strict=True):
            for number, level in enumerate(scale.levels, start=1):
                at = f"{entry_place(f'{place}, levels', number, level.code)}, weight"
                if level.weight is None and scale.code not in only_asked and at not in self.faults:
                    message = _(
                        "thiếu khóa này; hãy ghi weight = và một số. Chỉ thang đo của riêng câu"
                        ' hỏi thêm (kind = "choice") mới không cần.'
                    )
                    self.faults.add(at, message)
        for place, question in self.questions:
            levels = (
                len(self.index.scale_of[question.scale].levels)
                if (question.scale in self.index.scale_of)
                else 0
            )
            if question.most and levels and question.most > levels:
                message = _("là {most}, nhiều hơn {levels} mức của thang đo; hãy ghi số nhỏ hơn.")
                self.faults.add(f"{place}, most", message.format(most=question.most, levels=levels))

    def sizes(self) -> None:
        """Nothing is so large that reading it or drawing its ballots would hold the server up."""
        too_many = False
        for kind, most in MOST.items():
            number = len(self.places[kind])
            if number > most:
                too_many = True
                message = _("có {number} mục, nhiều hơn mức tối đa {most}; hãy bỏ bớt.")
                self.faults.add(f"[[{kind}]]", message.format(number=number, most=most))
        if too_many:
            return
        of_units = [q for q in self.index.questions if q.is_scored or q.about == "unit"]
        asked = Counter(group for q in of_units for group in {*q.groups})
        for place, group in zip(self.places["groups"], self.index.groups, strict=True):
            items = asked[group.code] * len(self.units)
            if items > MOST_ITEMS:
                message = _(
                    "phiếu của nhóm này hỏi tới {number} ý (số câu hỏi nhân số đơn vị), nhiều hơn"
                    " mức tối đa {most}; hãy bỏ bớt câu hỏi của nhóm."
                )
                self.faults.add(place, message.format(number=items, most=MOST_ITEMS))
