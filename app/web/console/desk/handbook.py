"""The guide as pages, each rendered once: docs/quan-tri.md for who works at the console,
docs/huong-dan.md for who keeps the server.

A part of it is found by its title: no accents, no number, words joined by hyphens.
"""

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from app.folders import folder
from app.language import _
from app.text.cleaning import folded
from app.web.console.desk.addresses import ROOT

GUIDE = f"{ROOT}/huong-dan"
SERVER = f"{GUIDE}/may-chu"
PICTURES = f"{GUIDE}/hinh"
# Files that a page is made of; links to other files are only words there.
FILES = {GUIDE: "quan-tri.md", SERVER: "huong-dan.md"}


@dataclass(frozen=True)
class Part:
    """A heading of the guide, and where it is."""

    anchor: str
    title: str
    level: int


@dataclass(frozen=True)
class Chapter:
    """One file of the guide: its title, its parts, its text below the title."""

    title: str
    parts: Sequence[Part]
    body: Markup


def anchor_of(title: str) -> str:
    """ "3. Tạo đợt và tải danh sách lên" is found at "tao-dot-va-tai-danh-sach-len"."""
    return re.sub(r"[^a-z0-9]+", "-", folded(re.sub(r"^\d+\.\s*", "", title))).strip("-")


@cache
def chapter(path: str) -> Chapter:
    """The file that is shown at an address of FILES."""
    text = (folder("docs") / FILES[path]).read_text("utf-8")
    reader = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    tokens = reader.parse(text)
    parts, title = _parts(tokens), ""
    if tokens and tokens[0].tag == "h1":
        title, tokens = _plain(tokens[1]), tokens[3:]
    body = reader.renderer.render(tokens, reader.options, {})
    return Chapter(title, parts, Markup(body))  # noqa: S704  # raw HTML is escaped


def picture(name: str) -> Path | None:
    """A picture of the guide."""
    known = {path.name: path for path in (folder("docs") / "pictures").glob("*.png")}
    return known.get(name)


def _parts(tokens: Sequence[Token]) -> list[Part]:
    """The headings below the title, each marked with its place."""
    found: list[Part] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in ("h2", "h3"):
            title = _plain(tokens[place + 1])
            anchor = anchor_of(title)
            if any(part.anchor == anchor for part in found):
                anchor = f"{anchor}-{len(found)}"
            token.attrSet("id", anchor)
            found.append(Part(anchor, title, int(token.tag[1])))
    return found


def _plain(inline: Token) -> str:
    return "".join(each.content for each in inline.children or ())


class _Renderer(RendererHTML):
    """HTML that keeps to the rules of our pages: no styles in it, wide tables in a frame of their
    own, pictures of a known size."""

    def table_open(self, tokens: Sequence[Token], at: int, *_more: Any) -> str:
        number = sum(token.type == "table_open" for token in tokens[: at + 1])
        label = _("Bảng {number}").format(number=number)
        return f'<div class="wrap" role="region" aria-label="{label}" tabindex="0"><table>\n'

    def table_close(self, *_all: Any) -> str:
        return "</table></div>\n"

    def th_open(self, *_all: Any) -> str:
        return '<th scope="col">'

    def td_open(self, *_all: Any) -> str:
        return "<td>"

    def fence(self, tokens: Sequence[Token], at: int, *_more: Any) -> str:
        text = Markup.escape(tokens[at].content)
        return f'<pre tabindex="0"><code>{text}</code></pre>\n'

    def image(self, tokens: Sequence[Token], at: int, *_more: Any) -> str:
        name = Path(str(tokens[at].attrGet("src") or "")).name
        path = picture(name)
        if path is None:
            return str(Markup.escape(tokens[at].content))
        width, height = _size(path)
        tag = Markup('<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">')
        return str(tag.format(f"{PICTURES}/{name}", tokens[at].content, width, height))

    def link_open(self, tokens: Sequence[Token], at: int, *_more: Any) -> str:
        to = _address(str(tokens[at].attrGet("href") or ""))
        return str(Markup('<a href="{}">').format(to)) if to else "<cite>"

    def link_close(self, tokens: Sequence[Token], at: int, *_more: Any) -> str:
        level = tokens[at].level
        opened = next(
            t for t in reversed(tokens[:at]) if t.type == "link_open" and t.level == level
        )
        return "</a>" if _address(str(opened.attrGet("href") or "")) else "</cite>"


def _address(href: str) -> str:
    """Where a link of the files leads here; empty for what is not served."""
    if href.startswith("https://"):
        return href
    file, _hash, part = href.partition("#")
    pages = {name: path for path, name in FILES.items()}
    if file and file not in pages:
        return ""
    # A number stands before the words, joined by a hyphen, not by a point.
    anchor = anchor_of(re.sub(r"^\d+-", "", unquote(part)))
    return pages.get(file, "") + (f"#{anchor}" if anchor else "")


def _size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG file."""
    with path.open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return int(width), int(height)


def titles() -> Mapping[str, str]:
    """The title of each part for who works at the console, by its place."""
    return {part.anchor: part.title for part in chapter(GUIDE).parts}
