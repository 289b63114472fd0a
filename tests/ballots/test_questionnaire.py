"""The pages of a ballot: which there are, in what order, what they ask and where one resumes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.ballots.page import COMMENTS, REVIEW, UNITS, Asked
from app.ballots.questionnaire import Questionnaire, questionnaire
from app.index import file as indexfile
from app.index.definition import Index
from app.keys import urn
from app.keys.urn import Answers, DraftState
from tests.making.blocks import LAI_CHAU, make_index

WHOLE = indexfile.parse(LAI_CHAU.read_bytes())


def changed(index: Index = WHOLE, **rules: object) -> Index:
    return replace(index, rules=replace(index.rules, **rules))  # type: ignore[arg-type]


def pages_of(
    index: Index,
    group: str,
    chosen: frozenset[str] | None = None,
    agency: str | None = None,
    assigned: tuple[str, ...] = (),
) -> Questionnaire:
    return Questionnaire(Asked("", group, agency, assigned, chosen, index))


def everything(sheet: Questionnaire) -> DraftState:
    """A draft with an answer to everything."""
    units = frozenset(unit.code for unit in sheet.units)
    return DraftState(Answers(dict.fromkeys(sheet.items, "-")), units, frozenset({COMMENTS}))


def test_a_page_holds_one_question_over_all_units() -> None:
    sheet = pages_of(changed(choose_units=False), "xa")
    assert len(sheet.bodies) == 19
    page = sheet.page("cau-q08")
    assert page is not None
    assert {ask.question.code for ask in page.asks} == {"q08"}
    assert [unit.code for unit in page.units] == [unit.code for unit in WHOLE.units]
    assert page.where == "Câu 8/19 · Cải cách tổ chức bộ máy"
    assert "từng cơ quan dưới đây" in page.heading
    assert page.legends["q08.snv"] == "Sở Nội vụ"


def test_a_page_holds_one_component_unit_after_unit() -> None:
    sheet = pages_of(changed(paging="component", choose_units=False), "xa")
    code = next(code for code in sheet.codes if len(sheet.bodies[code]) > 40)
    page = sheet.page(code)
    assert page is not None
    assert page.component is not None
    assert page.heading == page.component.name
    assert page.where == f"Phần {page.place}/{len(sheet.bodies)}"
    units = [ask.unit for ask in page.asks]
    assert units == sorted(units, key=lambda unit: WHOLE.units.index(unit))  # type: ignore[arg-type]
    first = page.asks[0]
    assert page.legends[first.name].startswith(f"{first.number}. Ông/Bà")
    assert first.unit is not None
    assert first.unit.name in page.legends[first.name]


def test_a_component_over_one_unit_is_headed_by_the_unit() -> None:
    sheet = pages_of(changed(paging="component"), "xa", chosen=frozenset({"stp"}))
    page = sheet.page(sheet.codes[1])
    assert page is not None
    assert page.component is not None
    assert page.heading == "Sở Tư pháp"
    assert page.where == f"Phần 1/{len(sheet.bodies)} · {page.component.name}"


def test_a_question_over_one_unit_names_it() -> None:
    page = pages_of(WHOLE, "xa", chosen=frozenset({"stp"})).page("cau-q08")
    assert page is not None
    assert "Sở Tư pháp" in page.heading


def test_questions_are_counted_on_the_ballot_and_not_in_the_file() -> None:
    sheet = pages_of(changed(choose_units=False), "so")
    codes = [code for code in sheet.codes if code.startswith("cau-")]
    assert codes != [f"cau-q{place:02d}" for place in range(1, len(codes) + 1)]
    for place, code in enumerate(codes, start=1):
        page = sheet.page(code)
        assert page is not None
        assert (page.place, page.count) == (place, len(codes))
        assert {ask.number for ask in page.asks} == {place}


def test_page_codes_are_those_that_a_draft_can_mark() -> None:
    for name in ("paging-component", "paging-question", "comments", "choose-units"):
        index = make_index(name)
        for group in index.groups:
            chosen = frozenset(index.unit_of)
            assigned = tuple(index.unit_of)
            sheet = pages_of(index, group.code, chosen, assigned=assigned)
            assert set(sheet.codes) <= set(urn.pages(index))


def test_pages_come_in_order_and_end_with_the_review() -> None:
    sheet = pages_of(WHOLE, "hdnd", chosen=frozenset({"snv", "stp"}))
    assert sheet.codes[0] == UNITS
    assert sheet.codes[-1] == COMMENTS
    walked = [sheet.codes[0]]
    while walked[-1] != REVIEW:
        walked.append(sheet.after(walked[-1]))
    assert walked == [*sheet.codes, REVIEW]
    back = [REVIEW]
    while (code := sheet.before(back[-1])) is not None:
        back.append(code)
    assert back == walked[::-1]


def test_a_page_without_an_item_does_not_exist() -> None:
    sheet = pages_of(WHOLE, "hdnd", chosen=frozenset({"snv"}))
    assert sheet.page("cau-q05") is None  # not for this group
    assert sheet.page("khong-co") is None
    assert sheet.page("cau-q01") is not None


def test_without_units_there_is_nothing_to_ask() -> None:
    for chosen in (None, frozenset[str]()):
        sheet = pages_of(WHOLE, "hdnd", chosen=chosen)
        assert sheet.codes == (UNITS, COMMENTS)
        assert sheet.items == ()


def test_offered_are_the_units_that_the_ballot_has_a_question_about() -> None:
    sheet = pages_of(WHOLE, "hdnd", agency="snv")
    assert "snv" not in {unit.code for unit in sheet.offered}
    assert len(sheet.offered) == 19
    some = pages_of(WHOLE, "phong", assigned=("stc", "ttt"))
    assert [unit.code for unit in some.offered] == ["stc", "ttt"]


def test_one_resumes_at_the_first_page_with_something_open() -> None:
    sheet = pages_of(WHOLE, "xa", chosen=frozenset({"snv", "stp"}))
    assert sheet.resume(DraftState()) == UNITS
    assert sheet.resume(DraftState(units=frozenset({"snv", "stp"}))) == "cau-q01"
    full = everything(sheet)
    assert sheet.resume(full) == REVIEW
    assert sheet.resume(replace(full, pointed_out=frozenset())) == COMMENTS
    for item in sheet.items:
        levels = {each: "A" for each in sheet.items if each != item}
        assert sheet.resume(replace(full, answers=Answers(levels))) == f"cau-{item[0]}"


@given(st.sets(st.sampled_from([unit.code for unit in WHOLE.units])), st.booleans())
def test_the_pages_together_ask_everything_once(chosen: set[str], by_question: bool) -> None:
    index = changed(paging="question" if by_question else "component")
    sheet = pages_of(index, "xa", chosen=frozenset(chosen))
    asked = []
    for code in sheet.bodies:
        page = sheet.page(code)
        assert page is not None
        asked += list(page.items.values())
    assert sorted(asked) == sorted(index.asked("xa", chosen))


def test_equal_ballots_share_their_pages() -> None:
    one = questionnaire(Asked("d", "xa", None, (), frozenset({"snv"}), WHOLE))
    assert questionnaire(Asked("d", "xa", None, (), frozenset({"snv"}), WHOLE)) is one
    assert questionnaire(Asked("e", "xa", None, (), frozenset({"snv"}), WHOLE)) is not one
    assert questionnaire(Asked("d", "xa", None, (), None, WHOLE)) is not one
