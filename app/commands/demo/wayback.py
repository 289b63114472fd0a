"""The way back from the product's own pages, which know nothing of the demo, to its steps; and on
the page of a trustee the paper that they would have in their hand."""

from collections.abc import Sequence

from markupsafe import escape
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.commands.demo.trustees import Paper
from app.language import _
from app.web.assets import asset_url

MAIN = b'<main id="noi-dung">'
LINE = '<p class="where"><a class="tap" href="{steps}">{words}</a></p>'
PAPER = (
    '<link rel="stylesheet" href="{style}"><div class="panel"><p>{words}'
    '<br><b class="phrase">{phrase}</b></p></div>'
)


class WayBack:
    """Puts a link at the head of each page that is not the demo's own."""

    def __init__(self, app: ASGIApp, papers: Sequence[Paper] = ()) -> None:
        self.app = app
        self.line = _line("/demo")
        self.of_trustee = {paper.path: _line("/demo#buoc-3") + _laid(paper) for paper in papers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/demo"):
            await self.app(scope, receive, send)
            return
        begun: list[Message] = []
        body = b""

        async def with_line(message: Message) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                if headers.get("content-type", "").startswith("text/html"):
                    begun.append(message)
                    return
            if not begun:
                await send(message)
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                line = MAIN + self.of_trustee.get(scope["path"], self.line)
                whole = body.replace(MAIN, line, 1) if scope["method"] != "HEAD" else body
                if whole != body:
                    MutableHeaders(raw=begun[0]["headers"])["content-length"] = str(len(whole))
                await send(begun.pop())
                await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, with_line)


def _line(steps: str) -> bytes:
    return LINE.format(steps=steps, words=_("Về bốn bước của bản chạy thử")).encode()


def _laid(paper: Paper) -> bytes:
    words = _("Bản chạy thử: đây là tờ giấy của {name}, ghi cụm từ khóa")
    facts = {"style": asset_url("demo.css"), "words": words.format(name=paper.name)}
    return PAPER.format(**{k: escape(v) for k, v in facts.items()}, phrase=paper.phrase).encode()
