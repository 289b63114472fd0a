"""The check list before a launch: everything that must be right while it still can be.

Pure but for the roster it counts. Red (`bad`) stops a launch, amber (`look`) asks for a look.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.bonds.origins import Origin, in_words
from app.index.definition import Index
from app.index.estimate import deadline
from app.index.tree import sums
from app.language import _, moment, number, points
from app.preparation import lettersahead
from app.preparation.coverage import Asked, short_leaves
from app.preparation.trustees import Trustees
from app.settings import Settings

OK, LOOK, BAD = "ok", "look", "bad"
SHORTEST_WINDOW = timedelta(days=3)


@dataclass(frozen=True)
class Check:
    """One line of the list; `step` is where it is put right: a page of the wave, a place on the
    page of the list, or another page of the console. `ask` is set where somebody may also say that
    it stays as it is."""

    key: str
    state: str
    words: str
    step: str = ""
    ask: str = ""


@dataclass(frozen=True)
class Warned:
    """A warning of the index in words, under a key that stays while it says the same of the same
    index; `kept` tells who keeps it and when, and is "" until somebody does."""

    key: str
    words: str
    kept: str = ""
    of_organiser: bool = False


@dataclass(frozen=True)
class Waiting:
    """Rows of the last list that are not on the roster: bad ones, how many others are on it, and
    sound ones that nobody has put in."""

    file: str
    bad: int
    taken: int
    sound: int = 0


@dataclass(frozen=True)
class Facts:
    """What the list is made from, as things stand."""

    index: Index
    warned: Sequence[Warned]
    settings: Settings
    people: Mapping[Asked, int]
    outside: int  # addresses that are of no office
    origins: Sequence[Origin]
    near: int  # names of agencies not looked at yet
    opens_at: datetime
    closes_at: datetime
    now: datetime
    test_confirmed: bool
    recovery_checked: bool
    officers: int
    rehearsal: bool
    waiting: Waiting | None = None
    dead: Sequence[tuple[str, str]] = ()  # name and address
    trustees: Trustees | None = None  # None: the office keeps the key
    unrated: int = 0  # names of agencies that nobody rates, not looked at yet


def check_list(facts: Facts) -> list[Check]:
    """Every check, in the order in which an officer mends them."""
    organiser = _organiser(facts.index)
    found = [_sums(facts.index), *_warned(facts, organiser), *_roster(facts), organiser]
    found.append(_sender(facts))
    if not facts.rehearsal:
        found += [_test(facts), *_keys(facts), *_window(facts), _second_person(facts)]
    elif facts.closes_at <= facts.now:
        found += _window(facts)
    return found


def is_green(checks: Iterable[Check]) -> bool:
    return all(check.state != BAD for check in checks)


def _sums(index: Index) -> Check:
    each = "; ".join(
        _("{block}: {survey} điểm điều tra trên {whole}").format(
            block=sum_.block.name, survey=points(sum_.survey), whole=points(sum_.whole)
        )
        for sum_ in sums(index)
    )
    return Check("sums", OK, _("Bộ chỉ số cộng đủ. {each}.").format(each=each))


def _warned(facts: Facts, organiser: Check) -> list[Check]:
    """Each warning of the index, until somebody says that it stays so or another index comes."""
    found = []
    for each in facts.warned:
        if each.of_organiser and organiser.state == BAD:
            continue  # told already
        if each.kept:
            words = _("{warning} ({who} đã xem và giữ như vậy)").format(
                warning=each.words, who=each.kept
            )
            found.append(Check(each.key, LOOK, words, "sua"))
        else:
            state = LOOK if facts.rehearsal else BAD
            found.append(Check(each.key, state, each.words, "sua", each.key))
    return found


def _roster(facts: Facts) -> list[Check]:
    total, index = sum(facts.people.values()), facts.index
    waiting = _waiting(facts.waiting) if facts.waiting else []
    if not total:
        words = _("Chưa có danh sách người nhận phiếu.")
        return [Check("roster", BAD, words, "danh-sach"), *waiting]
    found = [Check("roster", OK, _("Danh sách có {number} người.").format(number=number(total)))]
    found += waiting
    found += _origins(facts.origins)
    if facts.near:
        words = _("{number} tên cơ quan gần giống một đơn vị được đánh giá, chưa xác nhận.")
        found.append(Check("agencies", BAD, words.format(number=facts.near), "danh-sach"))
    if facts.unrated:
        words = _(
            "{number} cơ quan trong danh sách không phải đơn vị được đánh giá, chưa ai xem lại. Nếu"
            " trong ấy có một đơn vị được đánh giá ghi tên khác, người ở đó sẽ đánh giá cơ quan"
            " mình."
        )
        words = words.format(number=number(facts.unrated))
        found.append(Check("unrated", LOOK, words, "danh-sach/khong-duoc-danh-gia"))
    if facts.dead:
        words = lettersahead.dead_words(facts.dead)
        found.append(Check("dead", LOOK, words, "danh-sach"))
    short = short_leaves(index, facts.people)
    if short:
        examples = "; ".join(
            _("{unit}, tiêu chí {leaf}: {number} người").format(
                unit=index.unit_of[unit].name, leaf=leaf, number=count
            )
            for unit, leaf, count in short[:5]
        )
        words = _(
            "{number} chỗ không đủ người được hỏi để có {least} phiếu: {examples}{more}. Thêm người"
            " vào danh sách."
        ).format(
            number=number(len(short)),
            least=index.rules.min_ballots,
            examples=examples,
            more="…" if len(short) > 5 else "",
        )
        state = LOOK if facts.rehearsal else BAD
        found.append(Check("coverage", state, words, "danh-sach"))
    else:
        words = _("Mọi tiêu chí điều tra của mọi đơn vị có đủ người được hỏi (ít nhất {least}).")
        found.append(Check("coverage", OK, words.format(least=index.rules.min_ballots)))
    if facts.outside:
        words = _("{number} địa chỉ không thuộc cơ quan nhà nước (.gov.vn).")
        words = words.format(number=number(facts.outside))
        found.append(Check("outside", LOOK, words, "danh-sach?tim=-.gov.vn#bang"))
    return found


def _waiting(rows: Waiting) -> list[Check]:
    """Rows that wait are mended or dropped before a launch, never passed over in silence."""
    if rows.bad:
        words = _(
            "{number} dòng của {file} chờ sửa: những người ấy chưa có trong danh sách. Sửa các dòng"
            " ấy, hoặc xác nhận bỏ."
        )
    elif rows.sound:
        words = _("{number} dòng đúng của {file} chưa được đưa vào danh sách. Đưa vào, hoặc bỏ.")
    else:
        words = _("Tệp {file} chưa được nhập: còn chờ chọn cột. Chọn cột, hoặc bỏ tệp ấy.")
        return [Check("waiting", BAD, words.format(file=rows.file), "danh-sach/cot")]
    words = words.format(number=number(rows.bad or rows.sound), file=rows.file)
    return [Check("waiting", BAD, words, "danh-sach/cho-sua")]


def _origins(found: Sequence[Origin]) -> list[Check]:
    """Whoever puts people in can invent some: typed in, or by several hands, they are looked at."""
    if not found:
        return []
    several = len({each.by for each in found}) > 1
    words = _("Danh sách: {people}.").format(people=in_words(found))
    state = LOOK if several or any(each.typed for each in found) else OK
    return [Check("origins", state, words, "nguoi-dua-vao")]


def _organiser(index: Index) -> Check:
    organiser = index.organiser
    missing = [
        name
        for name, value in (
            (_("tên cơ quan tổ chức"), organiser and organiser.name),
            (_("nơi hỏi"), organiser and (organiser.contact or organiser.phone or organiser.email)),
            (_("thông báo về dữ liệu cá nhân"), organiser and organiser.notice),
        )
        if not value
    ]
    if missing:
        words = _("Bộ chỉ số thiếu: {missing}. Điền vào tệp rồi tải lên, đổi bộ chỉ số của đợt.")
        return Check("organiser", BAD, words.format(missing=", ".join(missing)), "sua")
    name = organiser.name if organiser else ""
    return Check("organiser", OK, _("Cơ quan tổ chức: {name}.").format(name=name))


def _sender(facts: Facts) -> Check:
    organiser = facts.index.organiser
    if facts.settings.relay is None:
        words = _("Chưa đặt máy chủ thư. Nhờ người quản trị máy chủ đặt PHIEU_SMTP_URL.")
        return Check("sender", BAD, words)
    address = facts.settings.mail_from or (organiser.email if organiser else None)
    if not address:
        words = _("Chưa có địa chỉ người gửi. Điền thư điện tử của cơ quan tổ chức vào bộ chỉ số.")
        return Check("sender", BAD, words, "sua")
    total = sum(facts.people.values())
    words = lettersahead.sending_words(address, total, facts.settings.mail_rate)
    return Check("sender", OK, words)


def _test(facts: Facts) -> Check:
    if facts.test_confirmed:
        return Check("test", OK, _("Thư thử đã đến, đúng với lời thư và người gửi hiện nay."))
    words = _("Chưa xác nhận thư thử với lời thư và người gửi hiện nay.")
    return Check("test", BAD, words, "#thu-thu")


def _keys(facts: Facts) -> list[Check]:
    found = []
    if facts.settings.is_https and facts.settings.keys_lie_with_data:
        words = _(
            "Tệp khóa nằm cùng thư mục với dữ liệu. Nhờ người quản trị máy chủ đặt PHIEU_KEY_FILE"
            " sang nơi khác."
        )
        found.append(Check("key-file", BAD, words))
    if facts.trustees:
        state = OK if facts.trustees.are_ready else BAD
        return [*found, Check("trustees", state, facts.trustees.words, "uy-vien-giu-khoa")]
    words = _(
        "Cơ quan tổ chức giữ khóa hòm phiếu: ai có tệp khóa và cơ sở dữ liệu thì mở được sớm. Muốn"
        " không ai mở được một mình thì mời ủy viên giữ khóa."
    )
    found.append(Check("mode", LOOK, words, "uy-vien-giu-khoa"))
    if facts.recovery_checked:
        found.append(
            Check("recovery", OK, _("Hòm phiếu đã tạo khóa, bản dự phòng đã mở thử được."))
        )
    else:
        words = _("Chưa có bản khóa dự phòng đã mở thử.")
        found.append(Check("recovery", BAD, words, "#khoa"))
    return found


def _window(facts: Facts) -> list[Check]:
    if facts.closes_at <= facts.now:
        words = _("Hạn gửi {closes} đã qua. Đặt hạn mới.").format(closes=deadline(facts.closes_at))
        return [Check("window", BAD, words, "sua")]
    begins = max(facts.opens_at, facts.now)
    words = _("Thu phiếu từ {opens} đến {closes}.").format(
        opens=moment(begins), closes=deadline(facts.closes_at)
    )
    state = LOOK if facts.closes_at - begins < SHORTEST_WINDOW else OK
    return [Check("window", state, words, "sua" if state == LOOK else "")]


def _second_person(facts: Facts) -> Check:
    if facts.officers >= 2:
        words = _(
            "Sau khi phát phiếu, những việc này cần hai chuyên viên: thêm, bỏ, khôi phục một người,"
            " đổi địa chỉ thư, cấp lại phiếu, gia hạn sau khi kết thúc, mở hòm phiếu."
        )
        return Check("two", OK, words)
    words = _(
        "Chỉ có một chuyên viên: một người sẽ mở được hòm phiếu một mình. Mời thêm người nếu cần."
    )
    return Check("two", LOOK, words, "/quan-tri/tai-khoan")
