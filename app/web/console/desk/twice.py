"""A new password, and a pass phrase for a copy of keys: typed twice, since nobody sees them."""

from app.keys import recovery
from app.language import _
from app.staff import passwords
from app.web.console.desk.desk import Faults
from app.web.posts import Posts

PASSWORD, PASSWORD_AGAIN = "mat-khau", "lap-lai"
PHRASE, PHRASE_AGAIN = "cau", "cau-lai"


def password_faults(posts: Posts, *known: str) -> Faults:
    """What is wrong with a new password of somebody of whom this much is `known`."""
    password = posts.raw(PASSWORD)
    weak = passwords.password_fault(password, *known)
    if weak is not None:
        return [(weak, PASSWORD)]
    same = password == posts.raw(PASSWORD_AGAIN)
    return [] if same else [(_("Hai lần nhập mật khẩu khác nhau."), PASSWORD_AGAIN)]


def phrase_of(posts: Posts) -> str:
    return posts.raw(PHRASE).strip()


def phrase_faults(posts: Posts) -> Faults:
    phrase = phrase_of(posts)
    if len(phrase) < recovery.SHORTEST_PHRASE:
        words = _("Câu mật khẩu cần ít nhất {number} ký tự.")
        return [(words.format(number=recovery.SHORTEST_PHRASE), PHRASE)]
    same = phrase == posts.raw(PHRASE_AGAIN).strip()
    return [] if same else [(_("Hai lần nhập câu mật khẩu khác nhau."), PHRASE_AGAIN)]
