"""A visitor: a test client that reads every page as HTML5 and follows real forms.

Each page is parsed by html5lib in strict mode (see `known` for when it need not be) and checked for
what a parser does not see: labels, unique ids, one `h1`, links into the page that lead somewhere.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import httpx

from app.language import LANGUAGE
from tests.making import known

Values = Mapping[str, str | Iterable[str]]
DEVICE = {"user-agent": "thử"}


def parse(text: str) -> Element:
    """The page as a tree without namespaces; a page that is not valid fails."""
    try:
        tree, _places = known.tree(text, _places_known)
    except known.Unlike:
        tree = strict(text)
        with suppress(known.Unlike):
            quick, places = known.tree(text)
            if known.alike(quick, tree):
                _places_known.update(places)
    _check(tree)
    return tree


# Where html5lib took something before.
_places_known: set[str] = set()


def strict(text: str) -> Element:
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    tree: Element = parser.parse(text)
    return tree


def part(text: str) -> Element:
    """A piece of a page, as the body of an empty one."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    tree = Element("html")
    main = Element("main")
    main.extend(parser.parseFragment(text))
    tree.append(main)
    return tree


def _check(tree: Element) -> None:
    html = tree if tree.tag == "html" else tree.find("html")
    assert html is not None
    assert html.get("lang") == LANGUAGE
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids)), f"an id stands twice: {sorted(ids)}"
    assert len(list(tree.iter("h1"))) == 1, "a page has one h1"
    assert len(list(tree.iter("main"))) == 1
    assert words(tree.find(".//title")), "a page has a title"
    for link in tree.iter("a"):
        target = link.get("href", "")
        assert target, "a link leads somewhere"
        if target.startswith("#"):
            assert target[1:] in ids, f"{target} is not on the page"
        assert words(link), "a link has words"
    for each in tree.iter():
        for name in ("aria-describedby", "aria-labelledby", "for"):
            assert set((each.get(name) or "").split()) <= set(ids), f"{name} names nobody"
        assert not each.get("style"), "no inline style"
        assert not [name for name in each.attrib if name.startswith("on")], "no inline script"
    for script in tree.iter("script"):
        assert script.get("src"), "no inline script"
    labelled = {label.get("for") for label in tree.iter("label")}
    wrapped = {id(each) for label in tree.iter("label") for each in label.iter()}
    for control in controls(tree):
        if control.get("type") != "hidden" and control.tag != "button":
            assert control.get("id") in labelled or id(control) in wrapped, "a field has a label"
    for group in tree.iter("fieldset"):
        assert words(group.find("legend")), "a group of fields has a legend"
    _differ([_name(each, tree) for each in tree.iter("form")])


def _differ(forms: list[str]) -> None:
    """Several forms of a page have names, each its own, so that a list of them tells them apart."""
    if len(forms) > 1:
        assert all(forms), f"a form of several has no name: {forms}"
        assert len(forms) == len(set(forms)), f"two forms have one name: {sorted(forms)}"


def _name(form: Element, tree: Element) -> str:
    """What a form is called."""
    named = form.get("aria-labelledby")
    if named is None:
        return form.get("aria-label", "").strip()
    return " ".join(words(each) for each in tree.iter() if each.get("id") in named.split())


def words(element: Element | None) -> str:
    """The text of an element, spaces run together."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def controls(tree: Element) -> list[Element]:
    return [each for each in tree.iter() if each.tag in ("input", "textarea", "button", "select")]


@dataclass
class FormOf:
    """A form: where it goes, its fields with the values they have now, and its buttons."""

    action: str
    element: Element

    @property
    def values(self) -> dict[str, list[str]]:
        """What the form would send as it stands."""
        found: dict[str, list[str]] = {}
        for each in controls(self.element):
            name, kind = each.get("name"), each.get("type", "text")
            if each.tag == "button" or not name or kind == "submit":
                continue
            if kind in ("radio", "checkbox") and each.get("checked") is None:
                continue
            if each.tag == "select":
                options = list(each.iter("option"))
                chosen = [o for o in options if o.get("selected") is not None] or options[:1]
                for option in chosen:
                    found.setdefault(name, []).append(option.get("value", words(option)))
                continue
            # A browser drops the first line feed of a text area, and sends line ends as CRLF.
            value = (each.text or "") if each.tag == "textarea" else each.get("value", "")
            found.setdefault(name, []).append(value.replace("\n", "\r\n"))
        return found

    @property
    def radios(self) -> dict[str, list[str]]:
        """The values that each group of radio buttons offers."""
        return self._offered("radio")

    @property
    def boxes(self) -> dict[str, list[str]]:
        return self._offered("checkbox")

    def _offered(self, kind: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in controls(self.element):
            if each.get("type") == kind:
                found.setdefault(each.get("name", ""), []).append(each.get("value", ""))
        return found

    @property
    def texts(self) -> list[str]:
        return [each.get("name", "") for each in self.element.iter("textarea")]

    @property
    def buttons(self) -> list[Element]:
        return [
            each for each in self.element.iter("button") if each.get("type", "submit") == "submit"
        ]

    def button(self, label: str | None) -> Element:
        """The submit button of a label; the first, as Enter presses it, when None."""
        fitting = [each for each in self.buttons if label in (None, words(each))]
        assert fitting, f"no button {label!r} among {[words(each) for each in self.buttons]}"
        return fitting[0]


@dataclass
class Visitor:
    """One browser on one device, with its own cookies. Redirects are followed and remembered."""

    client: httpx.Client | Any
    response: httpx.Response | Any = None
    tree: Element = field(default_factory=lambda: Element("html"))
    path: str = "/"

    def open(self, url: str) -> "Visitor":
        return self.read(self.client.get(self._local(url), follow_redirects=True))

    def submit(self, values: Values | None = None, button: str | None = None) -> "Visitor":
        """Send the page's form in `<main>` with some values changed."""
        return self.send(self.form, values, button)

    def send(
        self, form: FormOf, values: Values | None = None, button: str | None = None
    ) -> "Visitor":
        data = form.values
        for name, value in (values or {}).items():
            data[name] = [value] if isinstance(value, str) else list(value)
        pressed = form.button(button)
        if pressed.get("name"):
            data.setdefault(pressed.get("name", ""), []).append(pressed.get("value", ""))
        return self.post(form.action, [(n, v) for n, vs in data.items() for v in vs])

    def post(
        self, url: str, fields: list[tuple[str, str]], headers: Mapping[str, str] | None = None
    ) -> "Visitor":
        """Send fields as a form does."""
        kind = {"content-type": "application/x-www-form-urlencoded", **self.from_here}
        return self._take(
            self.client.post(
                self._local(url),
                content=urlencode(fields).encode(),
                headers={**kind, **(headers or {})},
                follow_redirects=True,
            )
        )

    def read(self, response: httpx.Response) -> "Visitor":
        """Look at a page that was fetched already."""
        return self._take(response)

    def _take(self, response: httpx.Response) -> "Visitor":
        self.response = response
        self.path = response.url.path + (
            f"?{response.url.query.decode()}" if response.url.query else ""
        )
        if response.headers.get("content-type", "").startswith("text/html"):
            # A part of a page, for htmx, is no page.
            whole = response.text.lstrip().startswith("<!DOCTYPE")
            self.tree = parse(response.text) if whole else part(response.text)
            check_headers(response)
        return self

    def _local(self, url: str) -> str:
        parts = urlsplit(urljoin(f"http://thu{self.path}", url))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @property
    def from_here(self) -> dict[str, str]:
        """What a browser tells with a form: the page it stood on."""
        return {"referer": quote(urljoin(str(self.client.base_url), self.path), safe="/:?&=%#")}

    @property
    def status(self) -> int:
        status: int = self.response.status_code
        return status

    @property
    def forms(self) -> list[FormOf]:
        main = self.tree.find(".//main")
        assert main is not None
        return [FormOf(each.get("action") or self.path, each) for each in main.iter("form")]

    @property
    def form(self) -> FormOf:
        """The one form of the page (of the front page: the first)."""
        forms = self.forms
        assert forms, f"no form on {self.path}: {self.text[:300]}"
        return forms[0]

    @property
    def title(self) -> str:
        return words(self.tree.find(".//title"))

    @property
    def refused(self) -> str:
        """What the page is called when it says that something was refused, as its title tells
        first of all; empty when it says no such thing."""
        _before, said, name = self.title.partition("Lỗi: ")
        return name.removesuffix(" – Phiếu") if said else ""

    @property
    def fine(self) -> bool:
        """Whether there is a page, and nothing was refused: a form that is refused leads to a page
        of status 200 as well."""
        return self.status == 200 and not self.refused

    @property
    def heading(self) -> str:
        return words(self.tree.find(".//h1"))

    @property
    def text(self) -> str:
        """Everything in `<main>`."""
        return words(self.tree.find(".//main"))

    @property
    def points_out(self) -> bool:
        """Whether the page, shown with 200, points out what is wrong on it."""
        return self.status == 200 and self.tree.find(".//main//*[@id='loi']") is not None

    @property
    def receipt(self) -> str | None:
        """The receipt, on the page that shows one."""
        found = self.tree.find(".//*[@id='receipt']")
        return None if found is None else words(found)

    def link(self, label: str) -> str:
        """Where the link with this text leads."""
        for each in self.tree.iter("a"):
            if words(each) == label:
                return each.get("href", "")
        raise AssertionError(f"no link {label!r} on {self.path}")


def check_headers(response: httpx.Response) -> None:
    """What every page must carry."""
    headers = response.headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "content-encoding" not in headers
