"""The open wave: who answers, what goes wrong, what two officers do about single people."""

import json
import re
import tempfile
from base64 import b32encode
from datetime import datetime
from pathlib import Path

from app.keys.tokens import BallotName
from app.language import HANOI
from app.waves import wave as waves
from tests.golden_wave import half
from tests.golden_wave.half import BEGUN, CODE, FIRST, HALF, SECOND, names_of
from tests.golden_wave.world import BASE, COUNCIL, World
from tests.making.booths import answers, cast, walk

OPENS = datetime(2026, 3, 3, 8, 0, tzinfo=HANOI)
NEW = {"ten": "Thào Thị Dợ", "thu": "do.thao@vi-du.vn", "nhom": "xa", "co_quan": "UBND xã Mới"}
# Nobody gets a letter at this one.
NOWHERE = "nguoi7@vi-du.vn"


def collect(world: World) -> None:
    """The first half: who answers by the forms, who by the verbs, and all that goes wrong."""
    world.at("4-open", OPENS)
    world.post.script = lambda step, to: (
        "550 5.1.1 no such user" if (step, to) == ("rcpt", NOWHERE) else None
    )
    world.letters()
    ballots = names_of(world.db)
    faults_of_booth(world)
    for place in range(5):
        device = world.device().open(world.link(ballots[place])).submit()
        if place == 0:
            device.submit()  # what is blank is pointed out
        receipt = cast(device)
        device.open(world.link(ballots[place]))
        world.hour()
    device.open("/tra-cuu").submit({"bien-nhan": receipt})
    device.open("/tra-cuu").submit({"bien-nhan": "không phải mã"})
    half.cast_at(world.db, world.keys, half.EARLY[5:])
    for place in BEGUN:
        device = world.device().open(world.link(ballots[place])).submit()
        for _page in range(place - 8):
            device.submit(answers(device, place % 3))
    world.device().open("/").submit({"ma": world.keys.tokens.access_code(ballots[12])})
    walk(device, 1)
    quiet = world.device().open(f"/khong-nhac/{world.keys.tokens.no_reminders(ballots[14])}")
    quiet.submit()
    world.hour()


def faults_of_booth(world: World) -> None:
    device, ballots = world.device(), names_of(world.db)
    for path in ("/", "/phieu", "/phieu/xem-lai", "/p/khong-co", "/khong-co", "/tra-cuu"):
        device.open(path)
    device.open("/").submit({"ma": "XXXX-XXXX-XXXX-XXXX"})
    device.open("/")
    device.send(device.forms[1], {"thu": "nguoi@"})
    device.open("/")
    device.send(device.forms[1], {"thu": "nguoi16@vi-du.vn"})
    device.open(f"/khong-nhac/{world.keys.tokens.no_reminders(ballots[0])[:-2]}xx")
    quiet = f"/khong-nhac/{world.keys.tokens.no_reminders(ballots[15])}"
    for path in (world.link(ballots[15]), quiet):
        device.open(f"{path}/)")  # as mail programs spoil links
    device.open(world.link(ballots[15])).submit()
    device.open("/phieu")
    form = device.form
    other = world.device().open(world.link(ballots[16])).submit()
    other.send(form)  # of another ballot
    device.post(form.action, [("q01.snv", "Z")])
    for path in (
        "/alive",
        "/ready",
        "/static/khong-co.css",
        "/api/waves",
        "/api/scores.schema.json",
    ):
        device.client.get(path)
    page = device.open("/").response.text
    for path in sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))):
        device.client.get(path)


def correct(world: World) -> None:
    """Deeds about single people, which take two officers; letters of each kind then wait."""
    world.at("5-deeds", HALF.replace(hour=8))
    people = f"{BASE}/danh-sach"
    with world.db.reading() as session:
        assert waves.load(session, CODE).two_people
    world.done(FIRST, f"{people}/21", "/cap-lai")
    world.done(SECOND, f"{people}/21", "/cap-lai")
    world.done(FIRST, f"{people}/22", "/dia-chi", thu="nguoi22-moi@vi-du.vn")
    world.done(SECOND, f"{people}/22", "/dia-chi")
    world.done(FIRST, f"{people}/29", "/bo")
    world.done(SECOND, f"{people}/29", "/bo")
    world.done(FIRST, f"{people}/them", "/them", **NEW)
    world.done(SECOND, f"{people}/them", "/xac-nhan")
    world.done(FIRST, f"{people}/31", "/bo")
    world.done(SECOND, f"{people}/31", "/bo")
    world.done(FIRST, f"{people}/31", "/khoi-phuc")
    world.done(SECOND, f"{people}/31", "/khoi-phuc")
    world.done(FIRST, f"{people}/26", "/cap-lai")
    world.done(SECOND, f"{people}/26", "/rut-lai")
    world.done(FIRST, f"{BASE}/gia-han", "/gia-han", ngay="13/03/2026", gio="")
    world.done(FIRST, f"{people}/23", "/23", ten="Người Đổi Tên", chuc_vu="Phó Chủ tịch")
    world.done(FIRST, f"{people}/24", "/gui-lai")
    world.device().open(world.link(BallotName(names_of(world.db)[20].number, 1)))
    world.clock.now = HALF
    world.done(FIRST, f"{BASE}/theo-doi", "/gui-lai")
    world.done(FIRST, f"{BASE}/theo-doi", "/lich-nhac", ngay="5 2")
    world.done(FIRST, f"{BASE}/theo-doi/nhac", "/nhac")
    world.look_around(FIRST, SECOND, COUNCIL)


def keep_half(world: World) -> None:
    """The half as tests/golden has it, and its end by the verbs, from a copy of it."""
    world.album.chapter = "half"
    telephones = {
        email: b32encode(clerk.secret).decode() for email, clerk in sorted(world.clerks.items())
    }
    written = half.dump(world.db)
    known = half.facts(world.db, world.keys, telephones)
    world.album.keep("wave.sql", written)
    world.album.keep("wave.json", known)
    with tempfile.TemporaryDirectory() as home:
        other = half.opened(Path(home), written, json.loads(known))
        found = half.finish(other, world.settings, world.post)
        other.db.dispose()
    for name, data in found.items():
        world.album.keep(f"end/{name}", data)
    world.album.keep("end/SHA256SUMS", half.digests(found))
