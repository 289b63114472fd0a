"""Which part of the guide a page of the console belongs to."""

from markupsafe import Markup

from app.language import _
from app.web.console.desk.handbook import GUIDE, titles

# By the template; what begins alike is alike.
PARTS = {
    "account": "moi-nguoi-khac",
    "accounts": "moi-nguoi-khac",
    "agencies": "danh-sach",
    "altered": "phieu-bi-sua",
    "annex": "tu-phu-luc-thanh-bo-chi-so",
    "appraised": "ca-bo-chi-so",
    "connection": "ket-noi-he-thong-cham-diem",
    "ending": "gia-han-ket-thuc-huy",
    "exports": "xuat-bao-cao",
    "external": "ket-qua",
    "failed": "thu-khong-gui-duoc",
    "fault": "khi-mot-trang-khong-mo-duoc",
    "guide": "",
    "home": "theo-doi",
    "index": "bo-chi-so",
    "index-edit": "sua-tren-trang",
    "invited": "moi-nguoi-khac",
    "launch": "phat-phieu",
    "letters": "loi-thu-thu-thu-tap-duot",
    "log": "nhat-ky",
    "master-key": "ban-sao-khoa-goc",
    "minutes": "xuat-bao-cao",
    "origins": "ai-da-dua-ai-vao-danh-sach",
    "person": "tung-nguoi",
    "press": "cong-bo-ket-qua",
    "preview": "xem-thu-phieu",
    "privacy": "du-lieu-ca-nhan",
    "rehearsal": "loi-thu-thu-thu-tap-duot",
    "remind": "theo-doi",
    "removed": "tung-nguoi",
    "result": "ket-qua",
    "roster": "danh-sach",
    "signin": "tai-khoan-dau-tien",
    "trustees": "uy-vien-giu-khoa",
    "unseal": "mo-hom-phieu",
    "watch": "theo-doi",
    "whole": "ca-bo-chi-so",
    "wave-form": "tao-dot-va-tai-danh-sach-len",
}


def part_of(template: str) -> str:
    """The part for a template, by the longest beginning of its name that is known; "" for none."""
    name = template.rpartition("/")[2].removesuffix(".html")
    known = [key for key in PARTS if name.startswith(key)]
    return PARTS[max(known, key=len)] if known else ""


def link_to(part: str) -> Markup:
    """A question mark that leads to a part; nothing for none. It opens beside the page, so that
    what is being typed there stays."""
    if not part:
        return Markup("")
    words = _("Hướng dẫn: {part} (mở thẻ mới)").format(part=titles()[part])
    link = Markup('<a class="help" href="{}#{}" target="_blank">?<span class="vh"> {}</span></a>')
    return link.format(GUIDE, part, words)
