"""The rules of an index in plain words: one source for the pages and for the Word report. Pure."""

from collections.abc import Iterable, Iterator

from app.index.definition import Index
from app.index.parts import Scale, ScoreClass
from app.language import _, points


def in_words(index: Index) -> tuple[str, ...]:
    """How answers become points and ranks in this index, a sentence for each rule."""
    rules = index.rules
    found = [
        *of_points(index),
        _(
            "Điểm hiện {number} số lẻ, nửa thì làm tròn lên; tổng và hạng tính từ giá trị chính"
            " xác."
        ).format(number=rules.decimals),
        _("Xếp hạng riêng từng khối.")
        if rules.ranking == "blocks"
        else _("Xếp hạng chung một danh sách."),
    ]
    if rules.participation_list:
        found.append(
            _(
                "Sau khi kết thúc được lập danh sách người đã gửi phiếu, không có câu trả lời; thư"
                " mời nói rõ điều này."
            )
        )
    return (*found, *_of_classes(index))


def _of_classes(index: Index) -> Iterator[str]:
    """The classes of the rules, then those that a block has instead."""
    rated = {unit.block for unit in index.units}
    blocks = [block for block in index.blocks if block.code in rated]
    if index.rules.classes and not all(block.classes for block in blocks):
        words = _("Xếp loại: {classes}.")
        if any(block.classes for block in blocks):
            words = _("Xếp loại các khối không có mức riêng: {classes}.")
        yield words.format(classes=_classes(index.rules.classes))
    for block in blocks:
        if block.classes:
            yield _("Xếp loại khối {block}: {classes}.").format(
                block=block.name, classes=_classes(block.classes)
            )


def _classes(classes: Iterable[ScoreClass]) -> str:
    return "; ".join(
        _("{label} từ {percent}%").format(label=each.label, percent=points(each.from_percent))
        for each in classes
    )


def of_points(index: Index) -> tuple[str, ...]:
    """Just the rules by which the same people and answers give other points or percents."""
    rules = index.rules
    found = [
        _weighting(index),
        _("“Không có ý kiến” không làm tăng hay giảm điểm.")
        if rules.no_opinion == "exclude"
        else _("“Không có ý kiến” tính là 0 điểm."),
        _("Không ai đánh giá cơ quan của mình, trừ nhóm chỉ đánh giá cơ quan mình.")
        if rules.own_unit == "exclude"
        else _("Được đánh giá cả cơ quan của mình."),
        _(
            "Nhóm có dưới {number} phiếu ở một câu hỏi được gộp với nhóm khác; gộp hết vẫn dưới"
            " {number} thì câu hỏi ấy không có điểm."
        ).format(number=rules.min_ballots),
    ]
    if rules.choose_units:
        found.append(
            _(
                "Người trả lời chọn những cơ quan mình từng làm việc cùng, rồi chỉ trả lời về các"
                " cơ quan ấy."
            )
        )
    return tuple(found)


def _weighting(index: Index) -> str:
    if index.rules.weighting == "pooled":
        return _("Cộng phiếu của mọi nhóm rồi mới tính tỷ lệ.")
    weights = (f"{group.name} {points(group.weight)}" for group in index.groups)
    return _("Tính tỷ lệ của từng nhóm, rồi lấy trung bình theo trọng số: {weights}.").format(
        weights="; ".join(weights)
    )


def scale_in_words(scale: Scale) -> str:
    """The levels of a scale with what each is worth, the best being 1: "Rất tốt 1; Tốt 0,6". Those
    that are only asked for are worth nothing, not 0."""
    return "; ".join(
        level.label if level.weight is None else f"{level.label} {points(level.weight)}"
        for level in scale.levels
    )
