"""The command line after a lost key file, and of verbs that come too early or too late."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.audit.chain import ChainBroken
from app.commands import main
from app.keys import recovery
from app.keys.keyfile import KeyFile, KeysMissing
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from tests.making.blocks import INDEXES, cast_all, make_wave

PHRASE = "trâu ta ăn cỏ đồng ta"


class Office:
    """The command line as an officer types it, in this process."""

    def __init__(self, configured: Settings) -> None:
        self.environment = {
            "PHIEU_DATA": str(configured.data),
            "PHIEU_DATABASE_URL": configured.database_url,
            "PHIEU_KEY_FILE": str(configured.key_file),
            "PHIEU_MAIL_FROM": configured.mail_from or "",
        }

    def types(self, *command: str, answers: str = "") -> str:
        """What a verb of a wave says; a refusal is raised as its exception."""
        return self.says("wave", *command, answers=answers)

    def says(self, *command: str, answers: str = "") -> str:
        result = CliRunner().invoke(
            main.app, command, input=answers, env=self.environment, catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        return result.output


def test_a_recovery_copy_brings_back_a_lost_key_file(
    db: Database, keys: KeyFile, configured: Settings, tmp_path: Path
) -> None:
    office, copy = Office(configured), tmp_path / "du-phong.json"
    index = str(INDEXES / "pooled.toml")
    dates = ("--opens", "2026-01-01", "--closes", "2999-01-01")
    office.types("new", "dot-thu", "--index", index, *dates)
    people = "\n".join(f"Người {n},nguoi{n}@vi-du.vn,hdnd,UBND xã" for n in range(6))
    (tmp_path / "ds.csv").write_text(f"Họ và tên,Email,Nhóm,Cơ quan\n{people}\n")
    office.types("roster", "dot-thu", str(tmp_path / "ds.csv"))
    with pytest.raises(AssertionError, match="ít nhất 16 ký tự"):
        office.types("launch", "dot-thu", "--recovery", str(copy), answers="ngắn\nngắn\n")
    twice = f"{PHRASE}\n{PHRASE}\n"
    for file, why in ((tmp_path, "Đã có tệp"), (tmp_path / "khong-co" / "a", "Không ghi được")):
        with pytest.raises(AssertionError, match=f"{why}.*Chưa phát phiếu nào"):
            office.types("launch", "dot-thu", "--recovery", str(file), answers=twice)
    with db.reading() as session:
        assert waves.load(session, "dot-thu").launched_at is None
    office.types("launch", "dot-thu", "--recovery", str(copy), answers=twice)
    assert copy.stat().st_mode & 0o777 == 0o600
    with db.reading() as session:
        wave = waves.load(session, "dot-thu")
    assert len(cast_all(db, keys, wave)) == 6
    office.types("close", "dot-thu", "--yes")
    keys.path.unlink()
    with pytest.raises(KeysMissing, match="Không thấy tệp khóa"):
        office.types("unseal", "dot-thu")
    assert not keys.path.exists()
    with pytest.raises(KeysMissing, match="phieu keys restore"):
        office.types("unseal", "dot-thu", "--recovery", str(copy), answers=f"{PHRASE}\n")
    office.says("keys", "new", "--yes")
    with pytest.raises(KeysMissing, match="không có khóa của đợt"):
        office.types("unseal", "dot-thu")
    with pytest.raises(KeysMissing, match="sai mật khẩu"):
        office.types(
            "unseal", "dot-thu", "--recovery", str(copy), answers="trâu ta ăn cỏ đồng người\n"
        )
    said = office.types("unseal", "dot-thu", "--recovery", str(copy), answers=f"{PHRASE}\n")
    assert "đếm được 6" in said
    assert not keys.has_wave("dot-thu")
    assert "nguyên vẹn" in office.says("audit", "verify")


def test_each_verb_out_of_turn_says_what_to_do_first(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    office = Office(configured)
    make_wave(db, keys, people=4, closes=datetime(2999, 1, 1, tzinfo=UTC))
    out = ("--format", "json", "--out", "diem.json")
    for command, remedy in (
        (("unseal", "dot-thu"), "phieu wave close dot-thu"),
        (("score", "dot-thu"), "phieu wave unseal dot-thu"),
        (("export", "dot-thu", *out), "phieu wave score dot-thu"),
        (("unseal", "dot-khong-co"), "Đang có: dot-thu"),
    ):
        with pytest.raises(WaveRefused, match=remedy):
            office.types(*command)
    office.types("cancel", "dot-thu", "--reason", "Danh sách sai")
    with pytest.raises(WaveRefused, match="đã hủy, hòm phiếu không còn"):
        office.types("unseal", "dot-thu")
    with pytest.raises(WaveRefused, match="đã hủy"):
        office.types("close", "dot-thu", "--yes")
    assert not keys.has_wave("dot-thu")


def test_a_recovery_copy_of_another_wave_brings_nothing_back(
    db: Database, keys: KeyFile, configured: Settings, tmp_path: Path
) -> None:
    make_wave(db, keys, people=4)
    stranger = KeyFile(tmp_path / "khac.key")
    stranger.make_wave("dot-thu", "sha256:00")
    copy = tmp_path / "khac.json"
    copy.write_text(recovery.copy_of(stranger, "dot-thu", PHRASE))
    keys.path.unlink()
    Office(configured).says("keys", "new", "--yes")
    with pytest.raises(KeysMissing, match="không phải bản khóa dự phòng của đợt dot-thu"):
        Office(configured).types(
            "unseal", "dot-thu", "--recovery", str(copy), answers=f"{PHRASE}\n"
        )
    assert not KeyFile(keys.path).has_wave("dot-thu")


def test_the_log_of_a_restored_database_is_accepted_by_command(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    office = Office(configured)
    office.says("staff", "add", "an@vi-du.vn", "--role", "admin")
    with pytest.raises(ChainBroken, match="không thiếu dòng nào"):
        office.says("audit", "accept", "--reason", "thử")
    kept = keys.path.with_name(f"{keys.path.name}.head")
    kept.write_text(f"9:{'0' * 64}")
    with pytest.raises(ChainBroken, match="phieu audit accept"):
        office.says("audit", "verify")
    assert "dòng 2" in office.says("audit", "accept", "--reason", "Khôi phục từ bản lưu 1/3")
    assert "nguyên vẹn: 2 dòng" in office.says("audit", "verify")


def test_what_is_odd_in_an_index_is_told_when_the_wave_is_made_and_when_it_is_launched(
    db: Database, keys: KeyFile, configured: Settings, tmp_path: Path
) -> None:
    office, index = Office(configured), tmp_path / "le.toml"
    data = (INDEXES / "pooled.toml").read_text("utf-8")
    index.write_text(data.replace("weight = 1}", "weight = 60}"), "utf-8")
    dates = ("--opens", "2026-01-01", "--closes", "2999-01-01")
    assert "Tốt: 6.000 % số điểm" in office.types("new", "dot-thu", "--index", str(index), *dates)
    people = "\n".join(f"Người {n},nguoi{n}@vi-du.vn,hdnd,UBND xã" for n in range(6))
    (tmp_path / "ds.csv").write_text(f"Họ và tên,Email,Nhóm,Cơ quan\n{people}\n")
    office.types("roster", "dot-thu", str(tmp_path / "ds.csv"))
    assert "Tốt: 6.000 % số điểm" in office.types("launch", "dot-thu")
