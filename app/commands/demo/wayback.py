"""The way back from the product's own pages, which know nothing of the demo, to its steps."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.language import _

MAIN = b'<main id="noi-dung">'
LINE = '<p class="where"><a class="tap" href="/demo">{words}</a></p>'


class WayBack:
    """Puts a link at the head of each page that is not the demo's own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.line = MAIN + LINE.format(words=_("Về bốn bước của bản chạy thử")).encode()

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
                whole = body.replace(MAIN, self.line, 1) if scope["method"] != "HEAD" else body
                if whole != body:
                    MutableHeaders(raw=begun[0]["headers"])["content-length"] = str(len(whole))
                await send(begun.pop())
                await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, with_line)
