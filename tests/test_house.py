"""The house: lock files, commands, words, catalogue and guides say what is true."""

import ast
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import defaultdict
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.audit.deeds import ACTIONS
from app.commands.main import main
from app.papers.auditbook import NAMES

HOUSE = Path(__file__).parent.parent
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
README = (HOUSE / "README.md").read_text("utf-8")
GUIDE = (HOUSE / "docs" / "huong-dan.md").read_text("utf-8")
CONTRIBUTING = (HOUSE / "CONTRIBUTING.md").read_text("utf-8")
MODULES = sorted((HOUSE / "app").rglob("*.py"))


def locked(name: str) -> dict[str, list[Requirement]]:
    """What a lock file pins, by name; a requirement may stand once for each marker."""
    pins = defaultdict(list)
    entries = re.split(r"\n(?=[a-z])", (HOUSE / name).read_text("utf-8"))
    for entry in entries[1:]:
        line, *rest = entry.split("\n")
        assert any(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", hash_) for hash_ in rest), (
            line
        )
        requirement = Requirement(line.removesuffix(" \\"))
        pins[canonicalize_name(requirement.name)].append(requirement)
    return pins


def wanted(*groups: str) -> list[Requirement]:
    texts = [text for group in groups for text in PROJECT["dependency-groups"][group]]
    return [Requirement(text) for text in (*PROJECT["project"]["dependencies"], *texts)]


@pytest.mark.parametrize(
    ("name", "groups"),
    [("requirements.txt", ["build"]), ("requirements-dev.txt", ["build", "dev"])],
)
def test_every_package_asked_for_is_locked_with_hashes(name: str, groups: list[str]) -> None:
    pins = locked(name)
    for requirement in wanted(*groups):
        found = pins[canonicalize_name(requirement.name)]
        assert found, f"{requirement} is not in {name}: make lock"
        for pin in found:
            (version,) = [each.version for each in pin.specifier if each.operator == "=="]
            assert requirement.specifier.contains(version), f"{requirement}: {name} has {pin}"
            assert pin.url is None


def test_every_package_that_is_imported_is_asked_for() -> None:
    """Not only brought along by another one, which may part with it."""
    found = set()
    for path in (*MODULES, *(HOUSE / "migrations").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                found.add((node.module or "").partition(".")[0])
    dists = packages_distributions()
    asked = {canonicalize_name(requirement.name) for requirement in wanted()}
    for name in found - set(sys.stdlib_module_names) - {"app"}:
        assert {canonicalize_name(each) for each in dists.get(name, [name])} & asked, name


def test_tests_run_on_the_packages_that_people_run() -> None:
    tools = locked("requirements-dev.txt")
    for name, pins in locked("requirements.txt").items():
        assert [pin.specifier for pin in tools[name]] == [pin.specifier for pin in pins], name


def code_blocks(text: str) -> list[str]:
    return re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_a_newcomer_needs_exactly_two_commands() -> None:
    assert code_blocks(README)[0].split("\n") == ["make demo", "make test", ""]


def test_every_make_target_that_is_told_of_exists() -> None:
    makefile = (HOUSE / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    told = {*re.findall(r"make ([a-z]+)", makefile.split("\nhelp:")[1].split("\n\n")[0])}
    for text in (README, GUIDE, CONTRIBUTING, (HOUSE / ".ci" / "run").read_text("utf-8")):
        told |= {*re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)}
    assert {"demo", "test", "install", "lint", "bench", "messages", "lock"} <= told <= targets


COMMANDS = sorted(
    {
        line
        for block in code_blocks(GUIDE)
        for line in block.split("\n")
        if line.startswith("phieu ")
    }
)


def test_the_guide_tells_a_whole_wave() -> None:
    verbs = {" ".join(line.split()[1:3]) for line in COMMANDS if line.startswith("phieu wave ")}
    told = "new roster external launch remind extend cancel close unseal score export status"
    told += " appraised whole compare minutes"
    assert verbs == {f"wave {verb}" for verb in told.split()}


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_guide_exists_with_its_options(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]
    # Options are read before --help answers, so an unknown one is refused here too.
    monkeypatch.setattr(sys, "argv", [*words, "--help"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0, capsys.readouterr().err


def test_every_setting_is_told_of_and_no_other() -> None:
    source = (HOUSE / "app" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'"(PHIEU_[A-Z_]+)"', source))
    for text in (README, GUIDE):
        assert set(re.findall(r"^\| `(PHIEU_[A-Z_]+)`", text, re.MULTILINE)) == read


def test_every_link_of_the_papers_leads_to_a_file() -> None:
    for paper in (*HOUSE.glob("*.md"), *(HOUSE / "docs").glob("*.md")):
        links = re.findall(r"\]\((?!#|https:)([^)#]+)", paper.read_text("utf-8"))
        missing = [link for link in links if not (paper.parent / link).exists()]
        assert not missing, paper


def test_a_backup_made_as_the_guide_says_holds_no_drafts(tmp_path: Path) -> None:
    (script,) = re.findall(r"<<'HET'\n(.*?)^HET$", GUIDE, re.MULTILINE | re.DOTALL)
    make = (
        "import pysqlite3 as sqlite3" if sys.platform == "linux" else "import sqlite3",
        "import sys",
        "base = sqlite3.connect(sys.argv[1], isolation_level=None)",
        'base.executescript("PRAGMA journal_mode=WAL; CREATE TABLE draft (sealed BLOB);'
        " CREATE TABLE urn (sealed BLOB); INSERT INTO draft VALUES ('half an answer');"
        " INSERT INTO urn VALUES ('a whole ballot')\")",
        "exec(sys.stdin.read(), {'__name__': 'backup'})",
    )
    base, copy = tmp_path / "phieu.sqlite3", tmp_path / "copy.sqlite3"
    command = [sys.executable, "-c", "\n".join(make), str(base), str(copy)]
    subprocess.run(command, input=script, text=True, check=True)
    assert b"a whole ballot" in copy.read_bytes()
    assert b"half an answer" not in copy.read_bytes()


@cache
def messages() -> set[str | tuple[str, ...]]:
    """The words for people in programs and templates, as `make messages` finds them."""
    found = set()
    mappings = PROJECT["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    options = {
        each["pattern"]: {
            key: value for key, value in each.items() if key not in ("pattern", "method")
        }
        for each in mappings
    }
    for folder in ("app", "templates"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            HOUSE / folder, methods, options
        ):
            found.add(message if isinstance(message, str) else tuple(message))
    return found


def test_the_catalogue_holds_every_message_and_no_other() -> None:
    with (HOUSE / "app" / "locale" / "phieu.pot").open("rb") as file:
        kept = {entry.id for entry in read_po(file) if entry.id}
    assert kept == messages(), "make messages"


def test_every_drawing_keeps_its_size_where_no_style_sheet_comes() -> None:
    for page in (HOUSE / "templates").rglob("*.html"):
        for drawing in re.findall(r"<svg[^>]*>", page.read_text("utf-8")):
            assert re.search(r' width="\d+" height="\d+"', drawing), (page.name, drawing)


def test_messages_are_written_in_one_form_of_unicode() -> None:
    for message in messages():
        for text in (message,) if isinstance(message, str) else message:
            assert unicodedata.is_normalized("NFC", text), text


def contract(name: str) -> dict[str, list[str]]:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (found,) = [each for each in contracts if each["name"].startswith(name)]
    return found


@pytest.mark.parametrize("module", contract("Pure modules")["source_modules"])
def test_pure_modules_ask_nothing_of_the_world(module: str) -> None:
    """Imports are checked by the contract; this finds what needs none."""
    place = HOUSE / module.replace(".", "/")
    paths = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                name = node.func.id if isinstance(node.func, ast.Name) else name
                asks = name in {"now", "today", "utcnow", "open", "print", "input", "__import__"}
                assert not asks, f"{path}:{node.lineno}: {name}()"


def test_scoring_knows_no_float() -> None:
    for name in (
        "scores/scoring",
        "index/definition",
        "index/parts",
        "index/sums",
        "index/external",
    ):
        tree = ast.parse((HOUSE / "app" / f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Name) and node.id == "float"), name
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), name


def test_modules_are_short_and_say_what_they_own() -> None:
    lengths = {}
    for path in MODULES:
        text = path.read_text("utf-8")
        lengths[path] = text.count("\n")
        assert not text or ast.get_docstring(ast.parse(text)), path
    assert max(lengths.values()) <= 300, max(lengths, key=lambda path: lengths[path])


def test_every_deed_of_the_log_is_noted_somewhere_and_every_fact_has_a_name() -> None:
    said, facts = set(), set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and path.name != "deeds.py":
                said.add(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "note":
                facts |= {each.arg for each in node.keywords if each.arg}
    assert set(ACTIONS) <= said
    assert facts <= set(NAMES)


def test_the_image_runs_as_an_ordinary_user() -> None:
    lines = (HOUSE / "Dockerfile").read_text("utf-8").split("\n")
    assert lines.index("USER phieu") < next(
        i for i, line in enumerate(lines) if line.startswith("CMD")
    )


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of the machine it was written on, no host of a registry."""
    alien = re.compile(
        r"(^|[^A-Za-z0-9])/(tmp|work|root|home)/|py(pi|thonhosted)[.]org|registry[.]npmjs"
        # Nor what a merge left open.
        r"|^[<>]{7} ",
        re.MULTILINE,
    )
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(
            listing, cwd=HOUSE, capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not in a checkout")
    for name in filter(None, names.split("\0")):
        path = HOUSE / name
        if path.is_file() and path.suffix not in {".png", ".xlsx", ".mo"}:
            found = alien.search(path.read_text("utf-8", errors="replace"))
            assert not found, f"{name}: {found}"
