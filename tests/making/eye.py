"""What a page in a browser looks like to many people: axe-core, and an eye that remembers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
from fastapi import FastAPI
from playwright.sync_api import Page
from starlette.responses import Response
from starlette.routing import Route

from tests.making.browser import PHONE, resize

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
AXE_PATH = "/axe-cua-kiem-thu.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What depends on how a page is drawn: axe looks at each piece of text and takes its time.
OF_DRAWING = ("color-contrast", "target-size")
# What the style sheets say of a telephone that is turned; to read them again takes time too.
OF_SHEETS = "css-orientation-lock"


def offer_axe(app: FastAPI) -> None:
    """Let an app of a test give out axe as a file of its own: a browser keeps it, while half a
    megabyte told it anew for every page takes longer than the rules."""

    async def give(_request: object) -> Response:
        return Response(
            AXE, media_type="text/javascript", headers={"cache-control": "max-age=3600"}
        )

    app.router.routes.insert(0, Route(AXE_PATH, give))


# Only what is wrong comes over: the whole answer is a megabyte to read.
RUN = f"""const load = () => 'axe' in window || new Promise((done, failed) => {{
  const script = document.createElement('script');
  script.onload = () => {{ script.remove(); done() }};
  script.onerror = () => failed(new Error('offer_axe() the app first'));
  script.src = '{AXE_PATH}';
  document.head.append(script) }});
const run = async (where, asked) => {{
  // A page without scripts may be one whose rules allow none: it is told.
  if (!('axe' in window) && !document.querySelector('script[src]')) return null;
  await load();
  const found = await axe.run(where, asked);
  return found.violations.flatMap(each => each.nodes.map(
    node => `${{each.id}}: ${{node.target}} ${{node.failureSummary}}`)) }};"""


def ask(page: Page, question: str, told: object) -> Any:
    """The answer to a function that may `run` axe; null says that axe must be told to the page."""
    script = f"told => {{ {RUN} return ({question})(told) }}"
    answer = page.evaluate(script, told)
    if answer is None:
        page.evaluate(AXE)
        answer = page.evaluate(script, told)
    return answer


def axe(page: Page, *rules: str, without: Iterable[str] = ()) -> list[str]:
    """What axe-core objects to, a line each; with `rules`, only what these say, and `without`
    some of them."""
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": RULES}
    asked = {
        "runOnly": only,
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
        # To read the style sheets again is for one rule alone.
        "preload": OF_SHEETS in rules or (not rules and OF_SHEETS not in without),
        # A letter that a page shows in a frame is shut off from it, and answers nothing.
        "iframes": False,
    }
    found: list[str] = ask(page, "asked => run(document, asked)", asked)
    return found


# How a text is drawn, as far as its contrast can turn on it: its colour and size, and all that
# lies beneath it. What is switched off may be pale.
DRAWN = """() => {
  const beneath = new Map();
  const ground = each => {
    if (!each) return '';
    if (!beneath.has(each)) {
      const style = getComputedStyle(each), own = [];
      if (style.backgroundColor !== 'rgba(0, 0, 0, 0)') own.push(style.backgroundColor);
      if (style.backgroundImage !== 'none') own.push(style.backgroundImage);
      if (style.opacity !== '1') own.push(`opacity ${style.opacity}`);
      if (style.position !== 'static' && style.position !== 'relative') own.push(style.position);
      const whole = style.backgroundColor.startsWith('rgb(') && own.length === 1;
      beneath.set(each, own.join(' ') + (whole ? '' : ' / ' + ground(each.parentElement)));
    }
    return beneath.get(each);
  };
  const told = each => each.matches('input, textarea, select')
    || [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  return [...document.body.querySelectorAll('*')]
    .filter(each => told(each) && each.checkVisibility())
    .map(each => {
      const style = getComputedStyle(each), box = each.getBoundingClientRect();
      const off = each.closest(':disabled, [aria-disabled=true]')
        || each.closest('label')?.control?.disabled;
      return [each, [style.color, style.fontSize, style.fontWeight, style.textShadow,
        box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0,
        Boolean(off), ground(each)].join('; ')];
    });
}"""
# Something to press, where it stands, whether it is small and how near the next one is then.
PRESSED = """() => {
  const kind = each => each ? `${each.localName}.${each.className} ${each.type ?? ''}` : '';
  const all = [...document.querySelectorAll(
      'a[href], button, summary, input, select, textarea, [tabindex], [role=button]')]
    .filter(each => each.checkVisibility())
    .map(each => [each, each.getBoundingClientRect()]);
  const middle = box => [box.x + box.width / 2, box.y + box.height / 2];
  return all.map(([each, box]) => {
    const small = box.width < 24 || box.height < 24;
    const [x, y] = middle(box);
    const near = small && all.some(([other, its]) => {
      const [left, top] = middle(its);
      return other !== each && Math.hypot(left - x, top - y) < 24;
    });
    const where = [each, each.parentElement, each.parentElement?.parentElement].map(kind);
    return [each, [...where, box.width < 24, box.height < 24, near].join('; ')];
  });
}"""
MADE = """() => [...new Set([...document.querySelectorAll('*')].map(each => [each.localName,
  ...[...each.attributes].map(({name, value}) =>
    ['class', 'type', 'role'].includes(name) ? `${name}="${value}"` : name).sort()
  ].join(' ')))].sort().join('\\n')"""


@dataclass
class Eye:
    """Looks at pages as many people do: with axe on a desk and a telephone, in light and dark.

    A page made of the same elements as one it saw is not looked at again. Whether a text can be
    read and a button be hit turns on how they are drawn: axe is asked about those drawn in a way
    that no page before had, on whichever page, at whichever size, in whichever colours.
    """

    seen: set[str] = field(default_factory=set)
    sheets: set[str] = field(default_factory=set)
    drawn: dict[str, set[str]] = field(default_factory=dict)

    def objections(self, page: Page, where: str) -> list[str]:
        """What is wrong with the page that is open, a line each."""
        made = page.evaluate(MADE)
        if made in self.seen:
            return []
        self.seen.add(made)
        # A foot that sticks covers what is scrolled out from under it a moment later.
        page.evaluate(
            "document.querySelectorAll('.stick').forEach(each => each.style.position = 'static')"
        )
        before = page.viewport_size
        said = [*self.built(page), *self.pale(page), *self.small(page)]
        page.emulate_media(color_scheme="dark")
        said += [f"dark: {line}" for line in self.pale(page)]
        page.emulate_media(color_scheme="light")
        resize(page, PHONE)
        wide = page.evaluate("document.documentElement.scrollWidth")
        said += [f"{wide} pixels wide on a telephone"] if wide > PHONE[0] else []
        said += [f"telephone: {line}" for line in self.small(page)]
        if before:
            page.set_viewport_size(before)
        return [f"{where}: {line}" for line in said]

    def built(self, page: Page) -> list[str]:
        """What is wrong with how the page is built: all rules but those about drawing."""
        said = axe(page, without=(*OF_DRAWING, OF_SHEETS))
        sheets = page.evaluate("[...document.styleSheets].map(each => each.href).join()")
        if sheets not in self.sheets:
            self.sheets.add(sheets)
            said += axe(page, OF_SHEETS)
        return said

    def pale(self, page: Page) -> list[str]:
        """Texts that stand out too little from their ground."""
        return self._drawn(page, "color-contrast", DRAWN)

    def small(self, page: Page) -> list[str]:
        """What is too small, or too near to another, to be hit."""
        return self._drawn(page, "target-size", PRESSED)

    def _drawn(self, page: Page, rule: str, drawn: str) -> list[str]:
        known = self.drawn.setdefault(rule, set())
        new, said = ask(
            page,
            f"""async ([known, rule]) => {{
            const had = new Set(known), all = ({drawn})().filter(([, way]) => !had.has(way));
            if (!all.length) return [[], []];
            const asked = {{runOnly: [rule], resultTypes: ["violations"], preload: false,
              iframes: false}};
            const said = await run({{include: all.map(([each]) => each)}}, asked);
            return said && [[...new Set(all.map(([, way]) => way))], said] }}""",
            [sorted(known), rule],
        )
        known.update(new)
        return list(said)


def made_of(html: str) -> str:
    """The kinds of element a page is made of as it is sent, as one text: tags with their classes,
    types, roles and the names of their attributes."""
    found = set()
    for tag, rest in re.findall(r"<(\w+)([^>]*)>", html):
        told = re.findall(r'\b(?:class|type|role)="[^"]*"', rest)
        names = re.findall(r"\s([\w-]+)(?==|\s|$)", re.sub(r'"[^"]*"', "", rest))
        found.add(" ".join([tag, *sorted(told), *sorted(names)]))
    return "\n".join(sorted(found))
