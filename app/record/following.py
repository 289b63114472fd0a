"""A record held to the one that was kept before: history only grows. Pure."""

from app.language import _, number
from app.record.checking import Wrong
from app.record.entries import Document


def follows(kept: Document, got: Document) -> list[Wrong]:
    """In what a record does not begin with the one kept before; nothing where it does."""
    wrong: list[Wrong] = []
    if got["wave"] != kept["wave"]:
        words = _("Sổ là của đợt {got}, bản giữ trước đây là của đợt {kept}.")
        wrong.append(Wrong(None, words.format(got=got["wave"][:64], kept=kept["wave"])))
    if got["key"] != kept["key"]:
        words = _("Khóa đứng đầu sổ khác với khóa của bản giữ trước đây.")
        wrong.append(Wrong(None, words))
    before, after = kept["entries"], got["entries"]
    for place, entry in enumerate(before[: len(after)]):
        if entry != after[place]:
            words = _("khác với bản giữ trước đây: lịch sử đã bị sửa")
            return [*wrong, Wrong(place, words)]
    if len(after) < len(before):
        words = _("có trong bản giữ trước đây, nay không còn: sổ chỉ còn {left} trong {all} mục")
        lost = words.format(left=number(len(after)), all=number(len(before)))
        wrong.append(Wrong(len(after), lost))
    return wrong
