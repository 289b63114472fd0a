"""`phieu demo` as a program: its port, its folder, its commands."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.commands.demo.commands import command, phieu
from app.commands.demo.demo import listening
from app.commands.demo.mailbox import HOST

ROOT = Path(__file__).parents[2]


def test_a_busy_port_gives_way_to_the_next_free_one() -> None:
    with listening(0) as first:
        port = first.getsockname()[1]
        with listening(port) as second:
            assert second.getsockname()[0] == HOST
            assert second.getsockname()[1] != port


def test_a_free_port_is_taken_as_asked() -> None:
    with listening(0) as found:
        port = found.getsockname()[1]
    with listening(port) as again:
        assert again.getsockname()[1] == port


def words(line: str) -> tuple[dict[str, str], list[str]]:
    """Settings and words of a line, as a shell takes them apart."""
    parts = shlex.split(line)
    settings = dict(part.split("=", 1) for part in parts if part.startswith(("PHIEU_", "PYTHON")))
    return settings, parts[len(settings) :]


def test_a_command_names_the_folder_of_the_demo_however_it_is_called() -> None:
    settings, said = words(command(Path("/một thư mục/a'b"), "wave", "unseal", "x", environment={}))
    assert settings["PHIEU_DATA"] == "/một thư mục/a'b"
    assert not settings.keys() - {"PHIEU_DATA", "PYTHONPATH"}
    assert said[-3:] == ["wave", "unseal", "x"]


def test_a_command_leaves_the_database_of_the_shell_alone() -> None:
    theirs = {"PHIEU_DATABASE_URL": "postgresql://that/that", "PHIEU_KEY_FILE": "/that"}
    settings, _said = words(command(Path("/thu"), "wave", "close", "x", environment=theirs))
    assert settings["PHIEU_DATABASE_URL"] == settings["PHIEU_KEY_FILE"] == ""


def test_verifying_a_file_needs_no_folder() -> None:
    settings, said = words(phieu("verify", "bang điểm.json"))
    assert "PHIEU_DATA" not in settings
    assert said[-2:] == ["verify", "bang điểm.json"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_a_demo_that_is_stopped_leaves_nothing_behind(how: signal.Signals, tmp_path: Path) -> None:
    data = tmp_path / "data"
    theirs = {"PHIEU_DATA": str(data), "PHIEU_BASE_URL": "ftp://sai", "PHIEU_SMTP_URL": "sai"}
    # Where these tests run in the background the signal is ignored, and children inherit that.
    before = signal.signal(how, signal.SIG_DFL)
    demo = subprocess.Popen(
        [sys.executable, "-m", "app", "demo", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, **theirs, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    signal.signal(how, before)
    try:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("phieu-demo-*/danh-sach.csv")):
            assert demo.poll() is None, demo.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        demo.send_signal(how)
        said, _error = demo.communicate(timeout=60)
    finally:
        demo.kill()
        demo.wait()
    assert demo.returncode == 0, said
    assert "xóa mọi dữ liệu thử" in said
    assert list(tmp_path.iterdir()) == []
