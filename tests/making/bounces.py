"""Bounces as servers write them, in our own words: by RFC 3464, or as they please."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OUR_LETTER = """\
Return-Path: <{back}>
From: So Noi vu <phieu@so.gov.vn>
To: <{address}>
Subject: Moi danh gia

Kinh gui Ong/Ba
"""


def standard(
    address: str,
    said: str,
    status: str = "5.0.0",
    action: str = "failed",
    notice: str = "",
    back: str = "tra-lai@so.gov.vn",
) -> bytes:
    """A delivery status by RFC 3464."""
    return f"""\
From: MAILER-DAEMON@mx.vi-du.vn
To: <{back}>
Subject: Undelivered mail
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_cut"

--=_cut
Content-Type: text/plain; charset=utf-8

{notice}
--=_cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.vi-du.vn

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--=_cut
Content-Type: message/rfc822

{OUR_LETTER.format(address=address, back=back)}
--=_cut--
""".encode()


def written(
    address: str,
    words: str,
    back: str = "tra-lai@so.gov.vn",
    who: str = "MAILER-DAEMON@mx.vi-du.vn",
) -> bytes:
    """A notice in words, with the copy of our letter behind it."""
    return f"""\
From: {who}
To: <{back}>
Subject: failure notice

{words.format(address=address)}

--- Below this line is a copy of the message.

{OUR_LETTER.format(address=address, back=back)}""".encode()


def reply(subject: str, back: str = "tra-lai@so.gov.vn", **fields: str) -> bytes:
    """What a person's program answers by itself."""
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    head = f"From: an@vi-du.vn\nTo: <{back}>\nSubject: {subject}\n{more}"
    return f"{head}\nTôi đi công tác, 550 5.1.1 user unknown.\n".encode()


@dataclass
class ImapServer:
    """A mailbox of one folder on loopback, as much of IMAP as there is to be spoken."""

    messages: list[bytes]
    password: str = "mat-khau"
    flags: dict[int, set[str]] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    port: int = 0

    def answer(self, line: str) -> Iterator[bytes]:
        tag, _space, command = line.partition(" ")
        done = f"{tag} OK done\r\n".encode()
        upper = command.upper()
        if upper.startswith("CAPABILITY"):
            yield b"* CAPABILITY IMAP4REV1 UIDPLUS\r\n" + done
        elif upper.startswith("LOGIN"):
            fine = self.password in command
            yield done if fine else f"{tag} NO Invalid credentials\r\n".encode()
        elif upper.startswith("SELECT"):
            fine = "INBOX" in command
            exists = f"* {len(self.messages)} EXISTS\r\n".encode() + done
            yield exists if fine else f"{tag} NO no such mailbox\r\n".encode()
        elif upper.startswith("UID SEARCH"):
            new = [n for n in range(1, len(self.messages) + 1) if not self.flags.get(n)]
            yield f"* SEARCH {' '.join(map(str, new))}\r\n".encode() + done
        elif upper.startswith("UID FETCH"):
            number = int(command.split()[2])
            raw = self.messages[number - 1]
            yield f"* {number} FETCH (UID {number} BODY[]<0> {{{len(raw)}}}\r\n".encode()
            yield raw + b")\r\n" + done
        elif upper.startswith("UID STORE"):
            flags = re.findall(r"\\(\w+)", command)
            self.flags.setdefault(int(command.split()[2]), set()).update(flags)
            yield done
        elif upper.startswith("UID EXPUNGE"):
            self.gone += [int(each) for each in command.split()[2].split(",")]
            yield done
        elif upper.startswith("LOGOUT"):
            yield b"* BYE\r\n" + done
        else:
            yield f"{tag} BAD unknown\r\n".encode()


@contextmanager
def imap_server(messages: list[bytes]) -> Iterator[ImapServer]:
    """An ImapServer that listens until the block is left."""
    server = ImapServer(messages)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _where = listening.accept()
                    with connection, connection.makefile("rb") as lines:
                        connection.sendall(b"* OK ready\r\n")
                        for line in lines:
                            for piece in server.answer(line.decode().strip()):
                                connection.sendall(piece)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server
