"""Texts as encodings before Unicode, and mistakes with UTF-8, leave them."""

import unicodedata

from app.text.oldcodes import MARKS, OWN, TCVN3, VISCII, VPS

TONES = "\u0300\u0301\u0303\u0309\u0323"


def western(data: bytes) -> str:
    """Bytes as Windows of the West shows them; what it has no sign for stays a control."""
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)


def by_table(text: str, letters: str) -> str:
    """A text in an encoding of one byte for each letter; capitals it lacks are small ones."""
    return "".join(sign if sign.isascii() else western(_byte(sign, letters)) for sign in text)


def _byte(sign: str, letters: str) -> bytes:
    here = next(form for form in (sign, sign.lower(), sign.upper()) if form in letters)
    return bytes([0x80 + letters.index(here)])


def parted(sign: str) -> tuple[str, str]:
    """A letter without its tone, and the tone."""
    apart = unicodedata.normalize("NFD", sign)
    rest = "".join(each for each in apart if each not in TONES)
    return unicodedata.normalize("NFC", rest), "".join(each for each in apart if each in TONES)


def vni(text: str) -> str:
    own = {letter: sign for sign, letter in OWN.items()}
    marks = {mark: sign for sign, mark in MARKS.items()}
    signs = []
    for letter in text:
        small = letter.lower()
        base, tone = parted(small)
        if small in own or letter.isascii():
            written = own.get(small, small)
        elif base in own:
            written = own[base] + marks[tone]
        else:
            apart = unicodedata.normalize("NFD", base)
            written = apart[0] + marks[apart[1:] + tone]
        signs.append(written if letter == small else written.upper())
    return "".join(signs)


def windows_1258(text: str) -> str:
    signs = []
    for letter in text:
        try:
            signs.append(western(letter.encode("cp1258")))
        except UnicodeEncodeError:
            signs.append(western("".join(parted(letter)).encode("cp1258")))
    return "".join(signs)


def misread(text: str, encoding: str) -> str:
    """UTF-8 read as another encoding; what that has no sign for is lost."""
    return text.encode().decode(encoding, "replace")


def viqr(text: str) -> str:
    marks = dict(zip("\u0302\u0306\u031b\u0300\u0301\u0309\u0303\u0323", "^(+`'?~.", strict=True))
    signs = []
    for letter in text:
        base, tone = parted(letter)
        apart = unicodedata.normalize("NFD", base)
        plain = {"đ": "dd", "Đ": "DD"}.get(apart[0], apart[0])
        signs.append(plain + "".join(marks[mark] for mark in apart[1:] + tone))
    return "".join(signs)


OLD = {
    "TCVN3": lambda text: by_table(text, TCVN3),
    "VNI": vni,
    "Windows-1258": windows_1258,
    "VISCII": lambda text: by_table(text, VISCII),
    "VPS": lambda text: by_table(text, VPS),
    "VIQR": viqr,
}
MISREAD = {
    "latin-1": lambda text: misread(text, "latin-1"),
    "cp1252": lambda text: misread(text, "cp1252"),
    "cp1258": lambda text: misread(text, "cp1258"),
    "mac_roman": lambda text: misread(text, "mac_roman"),
    "cp437": lambda text: misread(text, "cp437"),
    "twice": lambda text: misread(misread(text, "latin-1"), "latin-1"),
}

FAMILIES = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Vũ Võ Phan Trương Bùi Đặng Đỗ Ngô Hồ Dương Đinh Đào Lý Lò Vàng"
    " Giàng Sùng Thào Mùa Tẩn Chẻo Tao Pờ Phùng Quàng Cà Lường Đèo Mào Vừ Hạng Phàn Lù Tòng Cầm"
    " Điêu Khoàng Chu Mạ Lèng Ly Hà Thùng Bạc Kháng Páo Tống Tráng Lầu Cư Hờ Sình Chảo Ngải Lỳ Lừ"
    " Nùng Tô Cao Lưu Văn Tạ Quách Kiều Đoàn Lục Lã La Âu Ông Ứng Trịnh Nghiêm Khuất Viên Vương"
    " Triệu Tăng Tôn Mạc Lâm Khúc Giáp Hứa Chử Bế Nông Ninh Phí Quản Sầm Thái Thẩm Từ Tưởng Yên"
    " Uông"
)
MIDDLES = (
    "Văn Thị Đức Minh Quốc Hữu Xuân Ngọc Thanh Công A Thu Bích Mai Kim Hồng Thùy Quý Đăng Gia Khánh"
    " Như Ánh Diệu Mỹ Tuyết Nguyệt Huy Viết Trọng Đình Bá Thế Duy Tiến Nhật Anh Lệ Ái Uyên"
)
GIVENS = (
    "An Bình Chung Cường Dũng Đạt Hải Hiếu Hòa Hoà Hùng Khánh Lâm Long Mạnh Phong Phúc Quang Sơn"
    " Thành Thắng Tiến Toàn Trường Tuấn Tùng Việt Vinh Sáng Páo Chi Duyên Hạnh Hiền Hoa Huệ Hương"
    " Liên Nga Nhung Oanh Phượng Quyên Thảo Thúy Thuý Vân Yến Dợ Nguyệt Khuê Quỳnh Uyển Ý Ỷ Thuỷ Sử"
    " Sò Súa Dế Chứ Lử Tủa Khoáng Quyết Duyệt Nhường Ngoãn Nghĩa Ước Út Ưng Thụy Kỳ Kỷ Kỹ Mỵ Lữ Tú"
)


def names() -> list[str]:
    """Some five thousand names of Vietnam, each part of every kind beside others."""
    middles = MIDDLES.split()
    every = [
        f"{family} {middles[(one + 7 * other) % len(middles)]} {given}"
        for one, family in enumerate(FAMILIES.split())
        for other, given in enumerate(GIVENS.split())
        if (one + other) % 2
    ]
    return [*every, *(name.upper() for name in every[::7])]
