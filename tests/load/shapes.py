"""The three ballots that are measured, as index files."""

from dataclasses import dataclass

HEAD = """format = 1

[index]
code = "{code}"
name = "Chỉ số CCHC của phép đo"
year = 2026
max_points = {points}
survey_points = {points}

[organiser]
name = "Sở Nội vụ"
basis = "Kế hoạch số 1 của UBND tỉnh"
contact = "Phòng Xây dựng chính quyền và CCHC"
phone = "0213 000 000"
email = "cchc@vi-du.vn"
notice = "Thông tin liên hệ chỉ dùng để gửi phiếu và nhắc trong đợt điều tra này."

[rules]
paging = "{paging}"

[[blocks]]
code = "so"
name = "Sở, ban, ngành"

[[groups]]
code = "hdnd"
name = "Đại biểu HĐND tỉnh"

[[scales]]
code = "tot-4"
levels = [
  {{code = "A", label = "Rất tốt", weight = 1}},
  {{code = "B", label = "Tốt", weight = 0.6}},
  {{code = "C", label = "Trung bình", weight = 0.2}},
  {{code = "D", label = "Chưa tốt", weight = 0}},
]
"""
UNIT = """
[[units]]
code = "u{number}"
name = "Sở, ban, ngành thứ {number}"
block = "so"
"""
COMPONENT = """
[[components]]
code = "{number}"
name = "Lĩnh vực thứ {number}"
"""
QUESTION = """
[[criteria]]
code = "{component}.{number}"
parent = "{component}"
name = "Tiêu chí thứ {number}"
max_points = 1
method = "survey"
[[questions]]
code = "q{number:02}"
text = "Ông/Bà đánh giá thế nào về chất lượng công việc thứ {number} do {{unit}} làm năm {{year}}?"
criterion = "{component}.{number}"
scale = "tot-4"
groups = ["hdnd"]
"""


@dataclass(frozen=True)
class Shape:
    """A ballot of `questions` about each of `units`; `pages` is how many pages ask them."""

    code: str
    name: str
    questions: int
    units: int
    components: int
    paging: str = "component"

    @property
    def pages(self) -> int:
        of = {"question": self.questions, "component": self.components, "unit": self.units}
        return of[self.paging]

    @property
    def index_file(self) -> str:
        """The index as TOML, its questions spread over the components in turn."""
        return (
            HEAD.format(code=self.code, points=self.questions, paging=self.paging)
            + "".join(UNIT.format(number=number + 1) for number in range(self.units))
            + "".join(COMPONENT.format(number=number + 1) for number in range(self.components))
            + "".join(
                QUESTION.format(number=number + 1, component=number % self.components + 1)
                for number in range(self.questions)
            )
        )


FOUR_PAGES = Shape("bon-trang", "24 answers on 4 pages", 6, 4, 4)
ONE_PAGE = Shape("mot-trang", "24 answers on 1 page", 6, 4, 1)
LONG = Shape("dai", "19 questions × 20 units, a question a page", 19, 20, 4, "question")
SHAPES = (FOUR_PAGES, ONE_PAGE, LONG)
