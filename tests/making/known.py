"""Pages whose every element stands where an element stood before, read without the strict parser.

html5lib looks at each sign of a page and takes longer than the program that wrote it. What it can
object to is told by which elements are open where another begins: where it took all of these
before, and made the same tree of them, a page needs no second opinion.
"""

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s"\'<>=/]+(?:="[^"]*")?)*)\s*(/?)>')
ATTRIBUTE = re.compile(r'([^\s"\'<>=/]+)(?:="([^"]*)")?')
# No character that may stand for another, and none that no page may have.
STRANGE = re.compile(
    "&(?!(?:[a-zA-Z]+|#[0-9]+|#x[0-9a-fA-F]+);)|[\0-\b\v\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\r]"
)
VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
SVG = "{http://www.w3.org/2000/svg}"
START = "<!DOCTYPE html>"


class Unlike(Exception):
    """A page that only the strict parser can read."""


def tree(text: str, known: set[str] | None = None) -> tuple[Element, set[str]]:
    """The tree of a page, and where in it something stands. Raises Unlike, with `known` also where
    something stands in a place that is not among them."""
    text = text.strip()
    if not text.startswith(START) or STRANGE.search(text):
        raise Unlike
    reading = _Reading(text)
    reading.read()
    if known is not None and not reading.places <= known:
        raise Unlike
    return reading.top[0], reading.places


class _Reading:
    """A page being read."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, len(START)
        self.top = Element("top")
        self.open: list[tuple[Element, str]] = [(self.top, "")]
        self.places: set[str] = set()

    def read(self) -> None:
        text = self.text
        while (start := text.find("<", self.at)) >= 0:
            self._words(text[self.at : start])
            if text.startswith("<!--", start):
                self.at = text.find("-->", start) + 3
                if self.at < 3 or "--" in text[start + 4 : self.at - 3]:
                    raise Unlike
                continue
            tag = TAG.match(text, start)
            if tag is None:
                raise Unlike
            self.at = tag.end()
            closing, name, attributes, short = tag.groups()
            if closing:
                self._close(name)
            else:
                self._begin(name, attributes, bool(short))
        if len(self.open) > 1 or text[self.at :].strip() or len(self.top) != 1:
            raise Unlike

    def _close(self, name: str) -> None:
        above, _path = self.open.pop()
        if above is self.top or above.tag.removeprefix(SVG) != name:
            raise Unlike

    def _begin(self, name: str, attributes: str, short: bool) -> None:
        above, path = self.open[-1]
        drawn = name == "svg" or above.tag.startswith(SVG)
        given = [(key, html.unescape(value)) for key, value in ATTRIBUTE.findall(attributes)]
        each = Element(SVG + name if drawn else name, dict(given))
        if len(each.attrib) != len(given) or (short and not drawn and name not in VOID):
            raise Unlike
        above.append(each)
        path = f"{path}/{name}"
        self.places.add(path)
        if name in ("textarea", "title", "script", "style") and not drawn:
            self._whole(each, name)
        elif not short and (drawn or name not in VOID):
            self.open.append((each, path))

    def _whole(self, each: Element, name: str) -> None:
        """What holds words and no elements."""
        end = self.text.find(f"</{name}>", self.at)
        inside = self.text[self.at : end].removeprefix("\n" if name == "textarea" else "")
        if end < 0 or "<" in inside:
            raise Unlike
        each.text = html.unescape(inside) if name in ("textarea", "title") else inside
        self.at = end + len(name) + 3

    def _words(self, text: str) -> None:
        """Put words behind what came last."""
        if not text:
            return
        above, path = self.open[-1]
        if not text.isspace():
            self.places.add(f"{path}/#")
        text = html.unescape(text)
        if len(above):
            above[-1].tail = (above[-1].tail or "") + text
        else:
            above.text = (above.text or "") + text


def _told(element: Element) -> Iterator[object]:
    """What an element says, but for comments and for spaces between elements."""
    for each in element.iter():
        if isinstance(each.tag, str):
            inside = each.text or ""
            yield each.tag, each.attrib
            yield inside if each.tag in ("textarea", "pre") else inside.strip()
            yield [below.tag for below in each if isinstance(below.tag, str)]
        yield from filter(None, [(each.tail or "").strip()])


def alike(one: Element, other: Element) -> bool:
    return list(_told(one)) == list(_told(other))
