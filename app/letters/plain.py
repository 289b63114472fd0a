"""A letter of text alone, to somebody who is asked nothing by it but to act: people of the console,
trustees."""

from datetime import datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.language import translations
from app.letters import headers, mail


def message(sender: str, to: str, subject: str, number: str, text: str, now: datetime) -> bytes:
    """The message in wire form. `number` is the same at every attempt, so that a letter that came
    twice is seen to be one. Raises ValueError for an address that no letter can bear."""
    message_id = f"{number}@{sender.rpartition('@')[2]}"
    boundary = headers.boundary(message_id)
    lines = [
        headers.field("From", f"<{sender}>"),
        headers.field("To", f"<{mail.mailbox(to)}>"),
        headers.text_field("Subject", subject),
        *headers.usual(message_id, now),
        "",
        *mail.part(boundary, "plain", text),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def text_of(template: str, words: dict[str, object]) -> str:
    """The text of a letter, from a file of templates/letters."""
    return mail.tidy(_templates().get_template(template).render(words))


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(mail.TEMPLATES),
        autoescape=False,  # noqa: S701  # text parts only
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.install_gettext_translations(translations)  # type: ignore[attr-defined]
    return environment
