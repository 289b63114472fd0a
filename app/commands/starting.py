"""`phieu serve` and `phieu demo`: what goes on until it is stopped."""

import os
from typing import Annotated

import typer

from app import settings
from app.commands.shipped import shipped_index
from app.commands.terminal import refuse
from app.language import _

starting = typer.Typer()


@starting.command()
def serve(
    host: Annotated[str, typer.Option(help=_("Địa chỉ nghe"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("Cổng nghe"), min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help=_("Số tiến trình (chỉ với PostgreSQL)"), min=1)] = 1,
) -> None:
    from app.commands import serving

    configured = settings.read(os.environ)
    if workers > 1 and configured.is_sqlite:
        refuse(_("Nhiều tiến trình cần PostgreSQL: đặt PHIEU_DATABASE_URL, hoặc bỏ --workers."))
    serving.run(host, port, workers)


@starting.command()
def demo(
    port: Annotated[int, typer.Option(help=_("Cổng nghe"), min=0, max=65535)] = 8000,
    index: Annotated[
        str, typer.Option(help=_("Mã bộ chỉ số kèm theo chương trình"), metavar="MÃ")
    ] = "lai-chau-2022",
    committee: Annotated[
        bool,
        typer.Option(
            "--committee",
            help=_("Hòm phiếu do ba ủy viên giữ khóa, hai trong ba cùng mở mới được"),
        ),
    ] = False,
) -> None:
    from app.commands.demo import demo as demonstration

    shipped_index(index)
    demonstration.run(port, index, committee)
