"""The demo of an index other than Lai Châu's."""

from pathlib import Path

import httpx
from typer.testing import CliRunner

from app.commands.demo.demo import application
from app.commands.demo.rehearsal import rehearse
from app.commands.main import app
from app.folders import questionnaires
from tests.making.consoles import InProcess
from tests.making.html import Visitor


def test_another_index_is_shown_from_its_letters_to_its_scores(tmp_path: Path) -> None:
    """It has nothing from elsewhere, a code without a year, and people of another language."""
    code, sizes = "arta-csm", {"citizen": 12, "business": 12, "government": 12}
    with rehearse(tmp_path, "http://127.0.0.1:8000", sizes, code) as demo:
        assert (demo.code, demo.index.code) == (code, code)
        assert len(demo.mailbox.letters()) == 36
        transport = InProcess(application(demo))
        with httpx.Client(transport=transport, base_url="http://127.0.0.1:8000") as client:
            visitor = Visitor(client)
            assert demo.index.name in visitor.open("/demo").text
            for action in ("/demo/ket-thuc", "/demo/mo-hom-phieu", "/demo/tinh-diem"):
                (form,) = [form for form in visitor.open("/demo").forms if form.action == action]
                visitor.send(form)
            assert "Municipal Health Office" in visitor.open("/demo").text
            assert client.get("/demo/bang-diem.json").json()["wave"] == code


def test_an_unknown_index_is_refused_with_those_there_are() -> None:
    refused = CliRunner().invoke(app, ["demo", "--index", "cao-bang"])
    assert refused.exit_code == 1
    assert "cao-bang" in refused.stderr
    assert all(code in refused.stderr for code in questionnaires())
