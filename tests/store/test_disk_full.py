"""A full disk under the embedded database: whoever casts is told, and nothing is lost.

Once with a file system that has no room left, and once, for those who may not mount one, with a
limit on the size of files, which SQLite reports as another fault.
"""

import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.store.models import Wave
from app.waves import closing
from app.waves import wave as waves
from tests.making.blocks import cast_all, make_index, make_wave
from tests.making.crowd import close_and_unseal, expected_tally, pick_for, receipts_in_urn, tally
from tests.making.running import House, Server, house

PEOPLE = 10
SIZE = 4 * 1024 * 1024

Switch = Callable[[Server], None]


@contextmanager
def small_disk(folder: Path) -> Iterator[tuple[Switch, Switch]]:
    """A file system of its own for the data; gives how to fill it and how to make room."""
    data = folder / "data"
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "phieu-thu", str(data)]
    if subprocess.run(mount, capture_output=True, timeout=20, check=False).returncode:
        pytest.skip("mounting a file system is for root")

    def fill(_server: Server) -> None:
        with (data / "phim.mkv").open("wb", buffering=0) as film, suppress(OSError):
            while film.write(bytes(4096)):
                pass

    def make_room(_server: Server) -> None:
        (data / "phim.mkv").unlink()

    try:
        yield fill, make_room
    finally:
        subprocess.run(["umount", "--lazy", str(data)], timeout=20, check=True)


@contextmanager
def small_files(folder: Path) -> Iterator[tuple[Switch, Switch]]:
    """No file of the server grows any more."""

    def limit(server: Server, size: int) -> None:
        assert server.process is not None
        _soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def fill(server: Server) -> None:
        limit(server, max(path.stat().st_size for path in (folder / "data").iterdir()))

    def make_room(server: Server) -> None:
        limit(server, resource.RLIM_INFINITY)

    yield fill, make_room


@pytest.mark.parametrize("full", [small_disk, small_files], ids=lambda full: full.__name__)
def test_a_full_disk_refuses_casts_with_a_remedy_and_loses_nothing(
    tmp_path: Path, full: Callable[..., object]
) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite3'}"
    with full(tmp_path) as (fill, make_room), house(tmp_path, url) as home:  # type: ignore[attr-defined]
        wave = make_wave(home.db, home.keys, make_index("comments"), PEOPLE)
        names = home.names(wave)
        with home.serving() as server:
            devices = [server.device() for _name in names]
            for name, device in zip(names, devices, strict=True):
                device.fill(home.link(name), pick_for(name), "Góp ý")
            shown = [devices[0].cast()]
            fill(server)
            refused = 0
            for device in devices[1:]:
                receipt = device.cast()
                shown.append(receipt)
                if receipt is None:
                    refused += 1
                    assert device.status == 503
                    assert "Những gì đã lưu trước đó vẫn còn" in device.text
            assert refused >= PEOPLE // 2
            assert receipts_in_urn(home, wave) == sorted(filter(None, shown))
            assert server.device().open(home.link(names[-1])).status == 200, "looking still works"
            make_room(server)
            goes_on(home, server, shown)
        assert receipts_in_urn(home, wave) == sorted(filter(None, shown))
        assert close_and_unseal(home, wave).counted == PEOPLE
        assert tally(home, wave) == expected_tally(home, wave, names)


# The command with files that may not grow beyond 8 KB.
CRAMPED = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
from app.commands.main import main
main()
"""


def test_an_unsealing_without_room_says_so_and_can_be_done_again(tmp_path: Path) -> None:
    with house(tmp_path, f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite3'}") as home:
        wave = closed_wave(home)
        receipts = receipts_in_urn(home, wave)
        done = home.phieu("wave", "unseal", wave.code, script=CRAMPED)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "Xem chỗ trống trên đĩa" in done.stderr
        assert receipts_in_urn(home, wave) == receipts
        assert home.phieu("wave", "unseal", wave.code).returncode == 0
        assert tally(home, wave).total() > 0


# The command with a key file that can no more be written: its disk has room for nothing, from the
# start, or from the moment the wave's keys are to be erased.
KEYS_FULL = """
import os, sys
from pathlib import Path
from app.commands.main import main
from app.keys.keyfile import KeyFile

def fill():
    keys = Path(os.environ["PHIEU_KEY_FILE"])
    for end in (".new", ".head.new"):
        keys.with_name(keys.name + end).mkdir()

def fills_up(self, code, erase=KeyFile.erase_wave):
    fill()
    erase(self, code)

{full}
main()
"""


def closed_wave(home: House) -> Wave:
    wave = make_wave(home.db, home.keys, make_index("comments"), PEOPLE)
    cast_all(home.db, home.keys, wave)
    with home.db.transaction() as session:
        closing.close(home.db, session, waves.load(session, wave.code))
    return wave


def keys_get_room(home: House) -> None:
    for end in (".new", ".head.new"):
        home.keys.path.with_name(home.keys.path.name + end).rmdir()


def test_a_key_file_without_room_refuses_an_opening_before_anything_is_written(
    tmp_path: Path,
) -> None:
    with house(tmp_path, f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite3'}") as home:
        wave = closed_wave(home)
        receipts = receipts_in_urn(home, wave)
        done = home.phieu("wave", "unseal", wave.code, script=KEYS_FULL.format(full="fill()"))
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "dọn chỗ trên đĩa chứa tệp khóa rồi làm lại" in done.stderr
        keys_get_room(home)
        assert receipts_in_urn(home, wave) == receipts
        assert home.phieu("wave", "unseal", wave.code).returncode == 0
        assert not home.keys.has_wave(wave.code)
        assert home.phieu("audit", "verify").returncode == 0


def test_keys_that_could_not_be_erased_are_told_and_erased_by_the_next_command(
    tmp_path: Path,
) -> None:
    with house(tmp_path, f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite3'}") as home:
        wave = closed_wave(home)
        script = KEYS_FULL.format(full="KeyFile.erase_wave = fills_up")
        done = home.phieu("wave", "unseal", wave.code, script=script)
        assert done.returncode == 0, done.stderr
        assert f"đếm được {PEOPLE}" in done.stdout
        assert "chưa xóa được khóa của hòm phiếu" in done.stderr
        assert home.keys.has_wave(wave.code)
        keys_get_room(home)
        assert home.phieu("wave", "status", wave.code).returncode == 0
        assert not home.keys.has_wave(wave.code)
        assert home.phieu("audit", "verify").returncode == 0


def goes_on(home: House, server: Server, shown: list[str | None]) -> None:
    """Everybody comes back, finds what was saved, and casts: no restart, no repair."""
    with home.db.reading() as session:
        wave = waves.load(session, "dot-thu")
    for place, name in enumerate(home.names(wave)):
        device = server.device().fill(home.link(name), pick_for(name))
        if shown[place] is None:
            assert device.path == "/phieu/xem-lai", "every page was saved before"
            shown[place] = device.cast()
        assert device.receipt == shown[place] is not None
