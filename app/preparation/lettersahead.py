"""What is known of a launch's letters before they go: how many, how long, to whom in vain. Pure."""

from collections.abc import Sequence

from app.language import _, number
from app.letters.attempts import how_long

MOST_NAMED = 10


def sending_words(address: str, letters: int, rate: float | None) -> str:
    """Whom the letters come from, how many there are and how long they take."""
    words = _("Thư gửi từ {address}: {number} thư mời").format(
        address=address, number=number(letters)
    )
    if rate is not None and (long := how_long(letters, rate)):
        words += _(", {long} nếu gửi {rate} thư mỗi giây").format(
            long=long, rate=f"{rate:g}".replace(".", ",")
        )
    return f"{words}."


def dead_words(people: Sequence[tuple[str, str]]) -> str:
    """Names and addresses that an earlier wave's letters did not reach."""
    names = "; ".join(f"{name} ({email})" for name, email in people[:MOST_NAMED])
    return _(
        "{number} địa chỉ mà thư của đợt trước không tới được: {names}{more}. Hỏi lại địa chỉ trước"
        " khi phát phiếu."
    ).format(number=number(len(people)), names=names, more="…" if people[MOST_NAMED:] else "")
