"""`phieu sample`: the indexes that come with the program, as files."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.main import app
from app.folders import questionnaires
from app.index import file as indexfile
from app.papers import indexbook

CODES = list(questionnaires())


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("suffix", [".toml", ".xlsx"])
def test_a_sample_is_the_index_that_comes_with_the_program(
    code: str, suffix: str, tmp_path: Path
) -> None:
    out = tmp_path / f"mẫu{suffix}"
    made = CliRunner().invoke(app, ["sample", code, "--out", str(out)])
    assert made.exit_code == 0, made.output
    written = indexbook.read_file(out.read_bytes(), out.name)
    shipped = indexfile.parse(questionnaires()[code].read_bytes())
    assert indexfile.digest(written) == indexfile.digest(shipped)


def test_a_sample_overwrites_nothing(tmp_path: Path) -> None:
    out = tmp_path / "của tôi.toml"
    out.write_text("đã sửa")
    refused = CliRunner().invoke(app, ["sample", CODES[0], "--out", str(out)])
    assert refused.exit_code == 1
    assert "Đã có tệp" in refused.stderr
    assert out.read_text() == "đã sửa"


def test_a_sample_that_there_is_not_is_refused_with_those_there_are(tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["sample", "khác", "--out", str(tmp_path / "x.toml")])
    assert refused.exit_code == 1
    assert all(code in refused.stderr for code in CODES)
