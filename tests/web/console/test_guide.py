"""The guide in the console: every page leads to its part of it, and every link of it leads
somewhere."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.folders import folder
from app.web.console.desk import guideparts, handbook
from tests.conftest import Clock
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.making.kept import Kept, kept
from tests.web.console.test_routes import DOORS, everybody, fill, paths_of, routes

TEMPLATES = folder("templates") / "console"
# Who has no account yet is told what to do on the page itself.
STRANGERS = re.compile(r"^(signin-(forgot|invited|none|reset|setup)|signin|base)$")


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    folder, clock = tmp_path_factory.mktemp("guide"), Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    with kept(request, "sqlite", folder, clock, fill) as world:
        yield world


@pytest.fixture
def clerk(world: Kept) -> Clerk:
    return everybody(world)


def helps(clerk: Clerk) -> list[str]:
    return [link.get("href", "") for link in clerk.tree.iter("a") if link.get("class") == "help"]


def test_every_part_that_a_page_belongs_to_is_in_the_guide() -> None:
    known = handbook.titles()
    for template in sorted(TEMPLATES.glob("*.html")):
        text = template.read_text("utf-8")
        assert not re.search(r"<h1[^>]*>(?!.*</h1>)", text), f"{template.name}: one line"
        if "<h1" in text and template.stem != "guide" and not STRANGERS.match(template.stem):
            assert guideparts.part_of(f"console/{template.name}"), template.name
        for part in re.findall(r'help_to\("([^"]+)"\)', text):
            assert part in known, (template.name, part)
    assert {part for part in guideparts.PARTS.values() if part} <= known.keys()


def test_every_page_of_the_console_has_the_way_to_its_part(world: Kept, clerk: Clerk) -> None:
    anchors = {f"{handbook.GUIDE}#{part}" for part in handbook.titles()}
    seen = 0
    for route in routes(world.settings, world.db, world.keys):
        if "GET" not in route.methods or route.path in DOORS or "huong-dan" in route.path:
            continue
        clerk.open(paths_of(route, world.db)[0])
        body = clerk.tree.find("body")
        if clerk.tree.find(".//main//h1") is None or body is None or body.get("class") != "console":
            continue  # a part of a page, a file, or a ballot as a respondent sees it
        seen += 1
        found = helps(clerk)
        assert found, clerk.path
        assert set(found) <= anchors, clerk.path
    assert seen > 30


def test_the_guide_is_served_whole_with_contents_and_pictures(clerk: Clerk) -> None:
    for path, file in handbook.FILES.items():
        clerk.open(path)
        ids = {each.get("id") for each in clerk.tree.iter() if each.get("id")}
        (contents,) = [n for n in clerk.tree.iter("nav") if "contents" in (n.get("class") or "")]
        to = [link.get("href", "") for link in contents.iter("a")]
        assert len(to) > 15
        heads = [e for e in clerk.tree.iter() if e.tag in ("h2", "h3") and e.get("id") != "muc-luc"]
        assert [f"#{head.get('id')}" for head in heads] == to
        for link in clerk.tree.iter("a"):
            href = link.get("href", "")
            if href.startswith("#"):
                assert href[1:] in ids, href
        text = (folder("docs") / file).read_text("utf-8")
        pictures = [image.get("src", "") for image in clerk.tree.iter("img")]
        assert len(pictures) == len(re.findall(r"!\[", text))
        for source in pictures:
            answer = clerk.client.get(source)
            assert (answer.status_code, answer.content[:4]) == (200, b"\x89PNG"), source
            assert "max-age" in answer.headers["cache-control"]
        assert "style=" not in clerk.response.text
    assert clerk.client.get(f"{handbook.PICTURES}/khong-co.png").status_code == 404
    assert clerk.client.get(f"{handbook.PICTURES}/..%2f..%2fsetup.py").status_code == 404


def test_links_of_the_files_to_each_other_work_and_others_are_words(clerk: Clerk) -> None:
    clerk.open(handbook.SERVER)
    assert clerk.link("Trang quản trị, từng bước") == handbook.GUIDE
    clerk.open(handbook.GUIDE)
    assert "scores.md" in [words(each) for each in clerk.tree.iter("cite")]


def test_a_council_member_and_who_keeps_accounts_read_it_too(world: Kept) -> None:
    for role in ("council", "admin"):
        clerk = desk_of(world.db, world.keys, world.settings, role)
        clerk.open("/quan-tri")
        assert clerk.open(clerk.link("Hướng dẫn")).heading == "Trang quản trị, từng bước"


def test_titles_become_places() -> None:
    assert handbook.anchor_of("3. Tạo đợt và tải danh sách lên") == "tao-dot-va-tai-danh-sach-len"
    assert handbook.anchor_of("Đổi (địa chỉ)") == "doi-dia-chi"
