"""`phieu send`: the letters that are due, now."""

import typer

from app.commands.terminal import progress_bar, refuse, workshop
from app.language import _, number
from app.letters import backlog
from app.store.db import Database
from app.worker import sending as worker

sending = typer.Typer()


@sending.command()
def send() -> None:
    with workshop() as (db, keys, configured):
        if configured.relay is None:
            refuse(
                _(
                    "Chưa có máy chủ thư. Đặt PHIEU_SMTP_URL, ví dụ"
                    " smtps://ten:mat-khau@mail.tinh.gov.vn"
                )
            )
        try:
            with progress_bar(_("Gửi thư")) as progress:
                result = worker.send_due(db, keys, configured, progress=progress)
        except worker.RelayRefused as refused:
            refuse("\n".join([str(refused), *_waiting(db)]))
        waiting = _waiting(db)
    print(
        _(
            "Đã gửi {sent} thư, hỏng {failed}, để gửi lại sau {deferred}, không rõ đã tới hay chưa"
            " {uncertain}."
        ).format(
            sent=number(result.sent),
            failed=number(result.failed),
            deferred=number(result.deferred),
            uncertain=number(result.uncertain),
        )
    )
    for words in waiting:
        print(words)


def _waiting(db: Database) -> list[str]:
    """A line for each lot of letters that wait: how many, until when, why."""
    with db.reading() as session:
        now = db.now(session)
        due = backlog.waiting(session, now).due
        lines = [each.words(now) for each in backlog.put_off(session, now)]
    if due:
        again = _(
            "{count} thư đã đến hạn còn chờ: chạy lại “phieu send”, hoặc để “phieu serve” gửi."
        )
        lines.insert(0, again.format(count=number(due)))
    return lines
