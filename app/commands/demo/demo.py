"""`phieu demo`: prepared, served until Ctrl-C, removed at the end.

It lives in a temporary folder on this machine alone, and reads no setting of its surroundings.
"""

import os
import signal
import socket
import sys
import tempfile
import webbrowser
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from app.commands.demo import pages, scenes
from app.commands.demo.commands import command
from app.commands.demo.mailbox import HOST
from app.commands.demo.rehearsal import CODE, Rehearsal, rehearse
from app.commands.demo.wayback import WayBack
from app.count import appraised
from app.language import LANGUAGE, SOURCE, _
from app.main import create_app

TRIED = 100  # ports after the one asked for


def run(port: int, code: str = CODE, committee: bool = False) -> None:
    """Prepare, say where to look, and serve until Ctrl-C. `committee` as for `rehearse`."""
    # A closed terminal or a kill must not leave the folder behind.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    with (
        listening(port) as server,
        tempfile.TemporaryDirectory(prefix="phieu-demo-", ignore_cleanup_errors=True) as folder,
    ):
        found = server.getsockname()[1]
        if port not in (0, found):
            print(_("Cổng {port} đang bận, dùng cổng {found}.").format(port=port, found=found))
        try:
            address = f"http://{HOST}:{found}"
            with rehearse(Path(folder), address, code=code, committee=committee) as rehearsal:
                _welcome(rehearsal)
                _serve(rehearsal, server)
        except KeyboardInterrupt:
            pass
    print(_("Đã dừng và xóa mọi dữ liệu thử."))


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def listening(port: int) -> socket.socket:
    """A socket of this machine that listens on `port`, or on the next free one.

    It listens from now on, so that nobody takes the port while the demo is being prepared, and a
    browser that comes early waits.
    """
    for number in [*range(port, min(port + TRIED, 65536)), 0]:
        server = socket.socket()
        try:
            # Else a demo started again at once would find its port busy.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((HOST, number))
            server.listen()
        except OSError:
            server.close()
            if number == 0:
                raise
        else:
            return server
    raise AssertionError("port 0 is always free")


def application(rehearsal: Rehearsal) -> ASGIApp:
    """The product's own app with the pages of the demo beside."""
    app = create_app(rehearsal.settings, rehearsal.db, rehearsal.keys, with_worker=True)
    app.state.rehearsal = rehearsal
    app.include_router(pages.router)
    app.add_middleware(WayBack, papers=rehearsal.papers)
    return app


def _serve(rehearsal: Rehearsal, server: socket.socket) -> None:
    config = uvicorn.Config(
        application(rehearsal),
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run([server])


def _welcome(rehearsal: Rehearsal) -> None:
    code, address = rehearsal.code, f"{rehearsal.settings.base_url}/demo"
    print()
    print(_("Mở trang này trong trình duyệt:  {address}").format(address=address))
    print()
    print(_("1. Mở một lá thư như người trả lời phiếu, trả lời và gửi phiếu."))
    print(_("2. Kết thúc thu phiếu, 3. mở hòm phiếu, 4. tính điểm: bấm nút trên trang, hoặc chạy"))
    print(_("   các lệnh này ở một cửa sổ lệnh khác:"))
    if rehearsal.papers:
        print(
            _("   Trước khi mở hòm phiếu, hai trong ba ủy viên giữ khóa mở phần của mình: cụm từ")
        )
        print(_("   khóa và lệnh của từng người có trên trang."))
    print()
    verbs = [("close", code, "--yes"), ("unseal", code), ("score", code)]
    if appraised.has_any(rehearsal.index):
        verbs.append(("whole", code))
    for words in verbs:
        print("  ", command(rehearsal.folder, "wave", *words))
    print()
    print(_("Trang quản trị của Sở Nội vụ:  {address}").format(address=f"{address}/so-noi-vu"))
    print()
    if scenes.of(rehearsal.index).tongue.foreign and LANGUAGE == SOURCE:
        print(_("Để phiếu và thư bằng tiếng Anh, chạy lại với PHIEU_LANGUAGE=en."))
        print()
    print(_("Bấm Ctrl-C để dừng; khi đó mọi dữ liệu thử được xóa."), flush=True)
    # Elsewhere it could be a text browser, which would take the terminal.
    if sys.platform == "darwin" or any(
        map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    ):
        webbrowser.open(address)
