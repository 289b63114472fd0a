"""The bundle for machines without a network: what goes into it, and what its install.sh refuses."""

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from app.folders import ABOVE
from deploy.bundle import Target, entries, least_glibc, pack, pins, platforms, target_of, wanted

HERE = target_of(sys.executable)


def test_a_bundle_asks_for_what_runs_and_not_for_what_builds() -> None:
    asked = entries(f"\n{wanted(ABOVE)}")
    run = entries((ABOVE / "requirements.txt").read_text("utf-8"))
    assert set(run) - set(asked) == {"setuptools"}
    assert set(asked) - set(run) == {"pip"}
    assert all("--hash=sha256:" in entry for entry in asked.values())


def test_the_wheels_of_a_bundle_tell_the_oldest_system_that_runs_them_all(tmp_path: Path) -> None:
    assert least_glibc(tmp_path) == ""
    for tags in ("none-any", "cp311-manylinux1_x86_64.manylinux_2_5_x86_64.manylinux_2_28_x86_64"):
        (tmp_path / f"a{len(tags)}-1.0-py3-{tags}.whl").write_bytes(b"")
    assert least_glibc(tmp_path) == "2.5"
    (tmp_path / "b-2.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl").write_bytes(b"")
    assert least_glibc(tmp_path) == "2.17"
    assert pins(tmp_path).split("\n")[-2].startswith("b==2.0 --hash=sha256:e3b0c44298fc1c14")
    linux = platforms(Target("cpython", "3.11", "Linux", "x86_64"))
    assert linux[0] == "manylinux_2_28_x86_64"
    assert platforms(Target("cpython", "3.11", "Darwin", "arm64")) == []


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    folder = tmp_path / "phieu"
    (folder / "docs").mkdir(parents=True)
    for name, mode in (("install.sh", 0o600), ("docs/a.md", 0o664)):
        (folder / name).write_text(name)
        (folder / name).chmod(mode)
    pack(folder, tmp_path / "one.tar", 1700000000)
    for path in (folder / "docs/a.md", folder / "install.sh"):
        path.chmod(0o644)
        os.utime(path, (0, 0))
    pack(folder, tmp_path / "two.tar", 1700000000)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()


def install(place: Path, **differs: str) -> str:
    """What install.sh says where it refuses; `differs` is what the bundle is for instead of us."""
    glibc = "2.17" if HERE.system == "Linux" else ""
    facts = {"version": "1.2.0", "glibc": glibc, **asdict(HERE), **differs}
    bundle = place / "gói"
    bundle.mkdir()
    (bundle / "bundle.txt").write_text("".join(f"{key}={value}\n" for key, value in facts.items()))
    (bundle / "install.sh").write_bytes((ABOVE / "deploy" / "install.sh").read_bytes())
    done = subprocess.run(
        ["sh", str(bundle / "install.sh"), "phieu"],
        cwd=place,
        env={"PATH": os.environ["PATH"], "PYTHON": sys.executable, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


@pytest.mark.skipif(HERE.system != "Linux", reason="a C library of its own")
@pytest.mark.parametrize(
    ("differs", "why"),
    [
        ({"python": "3.99"}, f"dành cho Python 3.99; máy này chỉ thấy Python {HERE.python}"),
        ({"machine": "m68k"}, f"dành cho Linux m68k; máy này là Linux {HERE.machine}"),
        ({"glibc": "9.99"}, "cần glibc 9.99 trở lên"),
    ],
)
def test_a_bundle_for_another_machine_is_refused_with_the_reason(
    differs: dict[str, str], why: str, tmp_path: Path
) -> None:
    assert why in install(tmp_path, **differs)
    assert not (tmp_path / "phieu").exists()


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "phieu").mkdir()
    (tmp_path / "phieu" / "của tôi").touch()
    assert "đã có thứ khác" in install(tmp_path)
    assert [path.name for path in (tmp_path / "phieu").iterdir()] == ["của tôi"]
