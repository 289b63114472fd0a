"""`phieu mail …` at the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.main import app
from app.postmaster import resolver
from app.postmaster.records import NoAnswer
from tests.making.smtp import smtp_server

RUN = CliRunner()


def test_the_look_before_a_launch_ends_with_1_where_letters_would_not_arrive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class NoDns:
        def __init__(self) -> None:
            raise NoAnswer

    monkeypatch.setattr(resolver, "Dns", NoDns)
    monkeypatch.setenv("PHIEU_MAIL_FROM", "phieu@so.gov.vn")
    nobody = RUN.invoke(app, ["mail", "test", "an@vi-du.vn"])
    assert (nobody.exit_code, "PHIEU_SMTP_URL" in nobody.output) == (1, True)
    with smtp_server(lambda at, to: "550 unknown" if at == "rcpt" and "khong" in to else None) as s:
        monkeypatch.setenv("PHIEU_SMTP_URL", s.url)
        fine = RUN.invoke(app, ["mail", "test", "an@vi-du.vn"])
        wrong = RUN.invoke(app, ["mail", "test", "khong-co@vi-du.vn"])
    assert fine.exit_code == 0, fine.output
    assert "Đạt. Máy chủ thư" in fine.output
    assert "chưa biết SPF, DKIM, DMARC" in fine.output
    assert (wrong.exit_code, "không nhận thư tới khong-co" in wrong.output) == (1, True)


def test_bounces_are_read_out_of_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PHIEU_DATA", str(tmp_path / "data"))
    letter = tmp_path / "thu.eml"
    letter.write_bytes(b"Subject: failure\n\nno such user")
    refused = RUN.invoke(app, ["mail", "bounces", str(letter)])
    assert (refused.exit_code, "PHIEU_BOUNCE_ADDRESS" in refused.output) == (1, True)
    monkeypatch.setenv("PHIEU_BOUNCE_ADDRESS", "tra-lai@so.gov.vn")
    fine = RUN.invoke(app, ["mail", "bounces", str(letter)])
    assert (fine.exit_code, "Đã đọc 1 thư: 0 địa chỉ" in fine.output) == (0, True), fine.output
    gone = RUN.invoke(app, ["mail", "bounces", str(tmp_path / "khong-co")])
    assert (gone.exit_code, "Không đọc được" in gone.output) == (1, True)
