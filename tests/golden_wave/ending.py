"""From the second half to the exports; and what the console can do beside."""

import contextlib
import io
import re
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from app.commands import main
from tests.golden_wave import half
from tests.golden_wave.half import ASKED, CLOSED, CODE, EXTERNAL, FIRST, SECOND, names_of
from tests.golden_wave.world import BASE, COUNCIL, PHRASE, World
from tests.making.blocks import LAI_CHAU, make_index, make_wave, names
from tests.making.html import FormOf
from tests.staff.test_staff import GOOD


def close(world: World) -> None:
    world.at("6-second-half")
    world.letters()
    half.cast_the_rest(world.db, world.keys)
    world.hour()
    world.look_around(FIRST)
    world.at("7-closed", CLOSED - timedelta(minutes=1))
    world.done(FIRST, f"{BASE}/ket-thuc", "/ket-thuc")
    assert world.clock.now == CLOSED
    left = names_of(world.db)[half.NEVER[0]]
    world.device().open(world.link(left))
    world.look_around(FIRST)
    world.at("8-asked", ASKED)
    world.done(FIRST, f"{BASE}/mo-hom-phieu", "/mo-hom-phieu")
    world.look_around(FIRST, SECOND)


def unseal(world: World) -> None:
    world.at("9-unsealed")
    # A page of the console that opens goes on beside this program, for as long as that takes.
    half.unseal(world.db, world.keys)
    world.letters()
    device = world.device()
    for place in (0, 13):
        device.open("/tra-cuu").submit(
            {"bien-nhan": world.keys.receipt(CODE, names_of(world.db)[place])}
        )
    device.open(world.link(names_of(world.db)[0]))
    world.look_around(FIRST)
    world.at("10-scored")
    world.done(FIRST, f"{BASE}/mo-hom-phieu", "/tinh-diem")
    wrong = [*EXTERNAL[:1], ["snv", "8.2", "0,79"], ["vpubnd", "8.2", "80"]]
    for name, rows in (("sai.csv", wrong), ("sipas.csv", EXTERNAL)):
        data = "\n".join(";".join(row) for row in rows).encode()
        found = world.upload(FIRST, f"{BASE}/ket-qua-khac", "/ket-qua-khac", name, data)
    assert found.fine, found.text
    world.done(FIRST, f"{BASE}/mo-hom-phieu", "/tinh-diem")
    world.look_around(FIRST, COUNCIL)


def hand_out(world: World) -> None:
    """Every file, the door of the scoring system, the commands that only look."""
    world.at("11-exports")
    page = f"{BASE}/xuat-bao-cao"
    files = {kind: world.file(FIRST, page, f"/{kind}") for kind in ("json", "csv", "xlsx", "docx")}
    world.upload(FIRST, page, "/kiem-tra", "a.json", files["json"])
    world.upload(
        FIRST, page, "/kiem-tra", "a.json", files["json"].replace(b'"rank": 1', b'"rank": 2')
    )
    world.file(FIRST, page, "/bien-ban/docx")
    for form in ("/xuat", "/tham-gia"):
        world.file(FIRST, f"{BASE}/danh-sach", form)
    world.file(FIRST, "/quan-tri/nhat-ky", "/xuat")
    world.done(FIRST, "/quan-tri/nhat-ky", "/kiem-tra")
    world.done(FIRST, "/quan-tri/ket-noi", "/ket-noi", ten_khoa="Hệ thống chấm điểm")
    found = re.search(r'id="khoa">([^<]+)<', world.clerks[FIRST].response.text)
    assert found is not None
    client = world.device().client
    for path in ("/api/waves", f"/api/waves/{CODE}/scores", f"/api/waves/{CODE}/scores?sheet=1"):
        for key in (found[1], "sai"):
            client.get(path, headers={"authorization": f"Bearer {key}"})
    commands(world, files["json"])
    # By the verbs from the half on, and by the pages: one sheet.
    end = world.album.folder / "half" / "end" / "scores.json"
    assert end.read_bytes() == files["json"]


def commands(world: World, scores: bytes) -> None:
    with tempfile.TemporaryDirectory() as home, contextlib.chdir(home):
        Path("a.json").write_bytes(scores)
        Path("b.json").write_bytes(scores.replace(b'"percent": "', b'"percent": "1', 1))
        Path("a.toml").write_bytes(LAI_CHAU.read_bytes())
        for name, words in {
            "verify": ("verify", "a.json"),
            "verify-wrong": ("verify", "b.json"),
            "check": ("check", "a.toml"),
            "check-json": ("check", "a.toml", "--json"),
            "status": ("wave", "status", CODE),
            "status-json": ("wave", "status", CODE, "--json"),
            "score": ("wave", "score", CODE),
            "audit": ("audit", "verify"),
            "help": ("--help",),
            "help-wave": ("wave", "--help"),
        }.items():
            world.album.keep(f"commands/{name}.txt", said(*words))


def said(*words: str) -> str:
    """What a command says, and its status."""
    out, status = io.StringIO(), 0
    # It calls itself after what was started.
    sys.modules["__main__"].__package__ = None
    sys.argv = ["phieu", *words]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            main.main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    return f"{out.getvalue()}\n{status}\n"


def cancel(world: World) -> None:
    """Another wave, which comes to nothing."""
    world.at("12-cancelled")
    wave = make_wave(world.db, world.keys, make_index(), 5, code="huy")
    world.letters()
    path = "/quan-tri/dot/huy/huy"
    world.done(FIRST, path, "/huy", ly_do="Sáp nhập cơ quan.", ma_dot="huy")
    world.letters()
    with world.db.reading() as session:
        (name, *_rest) = names(session, wave)
    world.device().open(world.link(name))
    for page in ("/quan-tri", "/quan-tri/nhat-ky", "/quan-tri/dot/huy/theo-doi"):
        world.clerks[FIRST].open(page)


def do_the_rest(world: World) -> None:
    """What no wave needs: drafts that are dropped, a rehearsal, copies of an index, one's own
    account."""
    world.at("13-rest")
    library, account = "/quan-tri/bo-chi-so", "/quan-tri/tai-khoan"
    copied = world.done(FIRST, f"{library}/1", "/chep", ma="chep-2023", ten="Bản chép", nam="2023")
    there = copied.path
    world.done(FIRST, there, "/bo")
    world.done(FIRST, there, "/lay-lai")
    days = {"mo_ngay": "20/03/2026", "han_ngay": "30/03/2026"}
    world.done(FIRST, "/quan-tri/dot/moi", "/moi", ma="nhap", **days)
    draft, somebody = "/quan-tri/dot/nhap", {"ten": "Lò A", "thu": "lo.a@vi-du.vn", "nhom": "xa"}
    world.done(FIRST, f"{draft}/danh-sach", "/lay-dot-truoc")
    world.done(FIRST, f"{draft}/sua", "/sua", **{**days, "han_ngay": "31/03/2026"})
    world.done(FIRST, f"{draft}/danh-sach/them", "/them", **somebody)
    world.done(FIRST, f"{draft}/tap-duot", "/tap-duot", dia_chi="thu@vi-du.vn")
    world.letters()
    world.clerks[FIRST].open("/quan-tri")
    world.ask(FIRST, f"{draft}/sua", "/bo")
    world.done(FIRST, "/quan-tri/ket-noi", "/thu-hoi")
    world.done(FIRST, f"{account}/3", "/3", vai_tro=["council", "admin"])
    world.done(SECOND, account, "/ten", ten="Lò Văn Sơn Mới")
    world.done(SECOND, account, "/ma-du-phong")
    world.done(SECOND, account, "/noi-khac")
    again = {"mat_khau": f"{GOOD} ơi", "lap_lai": f"{GOOD} ơi"}
    world.ask(SECOND, account, "/mat-khau", mat_khau_cu=GOOD, **again)
    second = world.clerks[SECOND]
    typed = {"cau": PHRASE, "cau_lai": PHRASE, "nguoi_hai": SECOND}
    typed |= {"ma_xac_thuc": world.code(world.clerks[FIRST]), "ma_hai": second.code()}
    world.file(FIRST, f"{account}/khoa-goc", "/khoa-goc", **typed)
    form = world.clerks[FIRST].open("/quan-tri").tree.find(".//form[@class='leave']")
    assert form is not None
    world.clerks[FIRST].send(FormOf("/quan-tri/dang-xuat", form))
