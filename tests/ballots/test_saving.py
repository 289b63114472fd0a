"""What a posted page does to a draft: everything that it says, nothing that it cannot say."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ballots import saving
from app.ballots.page import COMMENTS, UNITS, Asked, Page
from app.ballots.questionnaire import questionnaire
from app.ballots.saving import FormFault, Saved, SavedElsewhere, tidy_comment
from app.keys.urn import COMMENT_SIGNS, Answers, DraftState
from tests.making.blocks import make_index

CHOOSING = Asked("choose", "hdnd", None, (), None, make_index("choose-units"))
PLAIN = Asked(
    "component",
    make_index("paging-component").groups[0].code,
    None,
    (),
    None,
    make_index("paging-component"),
)
COMMENTING = Asked(
    "comments", make_index("comments").groups[0].code, None, (), None, make_index("comments")
)


EMPTY = DraftState()


def page_of(asked: Asked, state: DraftState = EMPTY, place: int = 0) -> Page:
    sheet = questionnaire(replace(asked, chosen=state.units))
    page = sheet.page(sheet.codes[place])
    assert page is not None
    return page


def drawn(page: Page, state: DraftState) -> Callable[[bytes], bool]:
    """A form of `page` drawn from `state`."""
    print_ = saving.page_print(page, state)
    return lambda seen: seen == print_


def post(
    asked: Asked,
    state: DraftState,
    fields: list[tuple[str, str]],
    place: int = 0,
    was: DraftState | None = None,
    point_out: bool = True,
) -> Saved:
    """Post the page at `place`, drawn from `was` (the draft as it is)."""
    was = state if was is None else was
    page = page_of(asked, was, place)
    return saving.save(asked, page.code, state, fields, drawn(page, was), point_out)


def whole(page: Page, level: str = "-") -> list[tuple[str, str]]:
    return [(name, level) for name in page.items]


def test_what_is_posted_is_kept_and_what_is_left_blank_is_forgotten() -> None:
    page = page_of(PLAIN)
    first, second = list(page.items)[:2]
    state = post(PLAIN, DraftState(), whole(page)).state
    assert saving.content(page, state) == dict.fromkeys(page.items, "-")
    state = post(PLAIN, state, [(first, "A")]).state
    assert saving.content(page, state) == {first: "A"}
    assert page.items[second] not in state.answers.levels


def test_other_pages_stay_as_they_are() -> None:
    page, other = page_of(PLAIN), page_of(PLAIN, place=1)
    assert not set(page.items) & set(other.items)
    state = post(PLAIN, DraftState(), whole(other), place=1).state
    state = post(PLAIN, state, whole(page)).state
    assert saving.content(other, state) == dict.fromkeys(other.items, "-")


def test_what_is_open_is_pointed_out_once() -> None:
    page = page_of(PLAIN)
    first, *others = page.items
    told = post(PLAIN, DraftState(), [(first, "A")])
    assert told.unanswered == tuple(others)
    assert told.state.pointed_out == {page.code}
    again = post(PLAIN, told.state, [(first, "A")])
    assert again.unanswered == ()
    assert again.state == replace(told.state, passed=frozenset({page.code}))
    # What is taken away later is pointed out anew only where nothing was before.
    assert saving.pointed_out(page, told.state) == tuple(others)
    assert saving.pointed_out(page, again.state) == ()


def test_going_back_or_saving_by_script_points_nothing_out() -> None:
    saved = post(PLAIN, DraftState(), [], point_out=False)
    assert saved.unanswered == ()
    assert saved.state == DraftState()


def test_every_fault_is_told_and_told_once() -> None:
    page = page_of(PLAIN)
    first, second = list(page.items)[:2]
    with pytest.raises(FormFault) as refused:
        saving.read(
            page,
            [(first, "A"), (first, "B"), (second, "?"), ("x.y", "A"), ("x.y", "B"), ("den", "")],
        )
    assert refused.value.faults == [
        f"Mục “{first}” có hai câu trả lời.",
        f"Mục “{second}” không có lựa chọn “?”.",
        "Trang này không có mục “x.y”.",
        "Trang này không có mục “den”.",
    ]


@given(
    st.lists(
        st.tuples(st.text(max_size=8) | st.sampled_from(list(page_of(PLAIN).items)), st.text())
    )
)
def test_whatever_is_posted_is_an_answer_or_a_fault(fields: list[tuple[str, str]]) -> None:
    page = page_of(PLAIN)
    allowed = page.fields
    content: dict[str, str] = {}
    with suppress(FormFault):
        content = saving.read(page, fields)
    for name, value in content.items():
        assert value in (allowed[name] or ())


def test_our_own_fields_are_no_answers() -> None:
    assert saving.read(page_of(PLAIN), [(saving.TICKET, "x"), (saving.WAY, "truoc")]) == {}


def test_units_are_kept_and_none_ticked_is_pointed_out_once() -> None:
    saved = post(CHOOSING, DraftState(), [("units", "snv"), ("units", "stc"), ("units", "snv")])
    assert saved.state.units == {"snv", "stc"}
    none = post(CHOOSING, saved.state, [])
    assert none.unanswered == ("units",)
    assert none.state.units == frozenset()
    assert post(CHOOSING, none.state, []).unanswered == ()


def test_a_unit_ticked_later_is_pointed_out_on_pages_that_were_pointed_out_before() -> None:
    state = post(CHOOSING, DraftState(), [("units", "snv")]).state
    state = post(CHOOSING, state, [], place=1).state
    assert post(CHOOSING, state, [], place=1).unanswered == ()
    state = post(CHOOSING, state, [("units", "snv"), ("units", "stc")]).state
    assert post(CHOOSING, state, [("q1.snv", "A")], place=1).unanswered == ("q1.stc",)


def test_answers_about_an_unticked_unit_wait_for_it() -> None:
    both = DraftState(units=frozenset({"snv", "stc"}))
    state = post(CHOOSING, both, [("q1.snv", "A"), ("q1.stc", "B")], place=1).state
    state = post(CHOOSING, state, [("units", "snv")]).state
    assert saving.content(page_of(CHOOSING, state, 1), state) == {"q1.snv": "A"}
    state = post(CHOOSING, state, [("units", "snv"), ("units", "stc")]).state
    assert saving.content(page_of(CHOOSING, state, 1), state) == {"q1.snv": "A", "q1.stc": "B"}


def test_two_versions_are_a_question() -> None:
    page = page_of(PLAIN)
    stored = post(PLAIN, DraftState(), whole(page, "A")).state
    with pytest.raises(SavedElsewhere) as found:
        post(PLAIN, stored, whole(page, "B"), was=DraftState())
    assert found.value.stored == dict.fromkeys(page.items, "A")
    assert found.value.posted == dict.fromkeys(page.items, "B")
    assert found.value.page is not None


def test_blank_against_saved_is_a_question_too() -> None:
    page = page_of(PLAIN)
    stored = post(PLAIN, DraftState(), whole(page, "A")).state
    with pytest.raises(SavedElsewhere):
        post(PLAIN, stored, [], was=DraftState())


def test_a_stale_form_that_only_adds_is_taken() -> None:
    page = page_of(PLAIN)
    first, *_others = page.items
    stored = post(PLAIN, DraftState(), [(first, "A")]).state
    more = [(name, "A") for name in page.items]
    assert saving.content(page, post(PLAIN, stored, more, was=DraftState()).state) == dict(more)


def test_other_units_ticked_elsewhere_are_a_question() -> None:
    stored = post(CHOOSING, DraftState(), [("units", "snv")]).state
    with pytest.raises(SavedElsewhere):
        post(CHOOSING, stored, [("units", "stc")], was=DraftState())
    assert post(CHOOSING, stored, [("units", "snv")], was=DraftState()).state.units == {"snv"}


def test_a_unit_unticked_elsewhere_is_named() -> None:
    both, one = DraftState(units=frozenset({"snv", "stc"})), DraftState(units=frozenset({"snv"}))
    with pytest.raises(SavedElsewhere) as found:
        post(CHOOSING, one, [("q1.snv", "A"), ("q1.stc", "B")], place=1, was=both)
    assert found.value.unasked == ["stc"]
    assert found.value.posted == {"q1.snv": "A"}
    none = DraftState(units=frozenset())
    with pytest.raises(SavedElsewhere) as found:
        post(CHOOSING, none, [("q1.snv", "A")], place=1, was=both)
    assert found.value.page is None


def test_a_page_that_no_ballot_of_this_kind_has_is_a_fault() -> None:
    with pytest.raises(FormFault, match="khong-co"):
        saving.save(PLAIN, "khong-co", DraftState(), [], lambda _print: True, True)


def comments_page() -> tuple[Page, int]:
    sheet = questionnaire(COMMENTING)
    place = sheet.codes.index(COMMENTS)
    return page_of(COMMENTING, place=place), place


def test_a_comment_is_expected_of_nobody() -> None:
    page, place = comments_page()
    saved = post(COMMENTING, DraftState(), [(name, " \r\n ") for name in page.fields], place)
    assert saved.unanswered == ()
    assert saved.state.answers == Answers()
    assert saved.state.pointed_out == {COMMENTS}


@pytest.mark.parametrize("extra", [0, 1])
def test_a_comment_that_is_too_long_leaves_the_draft_as_it_was(extra: int) -> None:
    page, place = comments_page()
    name = next(iter(page.fields))
    text = "ơ\r\n" * (COMMENT_SIGNS // 2 - 1) + "xx" + "x" * extra
    saved = post(COMMENTING, DraftState(), [(name, text)], place)
    assert saved.too_long == ((name,) if extra else ())
    assert (saved.state == DraftState()) is bool(extra)
    assert len(saved.content[name]) == COMMENT_SIGNS + extra


def test_a_comment_that_is_too_long_is_kept_to_be_shortened_as_far_as_there_is_room() -> None:
    page, _place = comments_page()
    name = next(iter(page.fields))
    for text, kept in (("x" * 8000, True), ("x" * 8001, False), ("ế" * 2667, False)):
        fields = [(name, text)]
        saved = saving.save(
            COMMENTING, COMMENTS, EMPTY, fields, drawn(page, EMPTY), True, keep_faulty=True
        )
        assert (saved.too_long, saved.kept) == ((name,), kept)
        assert saved.state.too_long is kept
        assert questionnaire(COMMENTING).resume(saved.state) == COMMENTS or not kept
        assert COMMENTS not in saved.state.passed
    short = saving.save(COMMENTING, COMMENTS, saved.state, [(name, "x")], drawn(page, EMPTY), True)
    assert not short.state.too_long


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("  Tốt\u0300 \t x\x00\x07 ", "Tốt\u0300   x"),
        ("E\u0302\u0301", "Ế"),
        ("\u202eđảo\u2066\ufeff", "đảo"),
        ("👍", "👍"),
    ],
)
def test_comments_are_kept_tidy(typed: str, kept: str) -> None:
    assert tidy_comment(typed) == kept


@given(st.text())
def test_tidying_a_tidy_comment_changes_nothing(text: str) -> None:
    assert tidy_comment(tidy_comment(text)) == tidy_comment(text)


def test_the_print_of_a_page_tells_any_change_of_it_and_of_nothing_else() -> None:
    page, other = page_of(PLAIN), page_of(PLAIN, place=1)
    state = post(PLAIN, DraftState(), whole(page, "A")).state
    elsewhere = post(PLAIN, state, whole(other), place=1).state
    assert saving.page_print(page, elsewhere) == saving.page_print(page, state)
    prints = {saving.page_print(page, state), saving.page_print(page, DraftState())}
    for name in page.items:
        changed = [(each, "B" if each == name else "A") for each in page.items]
        prints.add(saving.page_print(page, post(PLAIN, state, changed).state))
    assert len(prints) == 2 + len(page.items)


def test_the_print_of_a_draft_tells_units_answers_and_comments_apart() -> None:
    drafts = [
        DraftState(),
        DraftState(units=frozenset()),
        DraftState(units=frozenset({"snv"})),
        DraftState(Answers({("q1", "snv"): "A"})),
        DraftState(Answers({("q1", "snv"): "B"})),
        DraftState(Answers(comments={"q9": "x"})),
    ]
    assert len({saving.draft_print(each) for each in drafts}) == len(drafts)
    told = replace(drafts[0], pointed_out=frozenset({UNITS}))
    assert saving.draft_print(told) == saving.draft_print(drafts[0])
