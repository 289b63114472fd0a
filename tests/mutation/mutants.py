"""The ways to break a module: one small change each, of its syntax tree and never of its file.

Left alone is what changes no behaviour: docstrings, annotations, decorators, words for people and
what is written into a log.
"""

import ast
import copy
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile, zip_longest
from typing import Any

PAIRS = [
    *((ast.Lt, ast.LtE), (ast.LtE, ast.Lt), (ast.Gt, ast.GtE), (ast.GtE, ast.Gt)),
    *((ast.Eq, ast.NotEq), (ast.NotEq, ast.Eq), (ast.In, ast.NotIn), (ast.NotIn, ast.In)),
    *((ast.Is, ast.IsNot), (ast.IsNot, ast.Is), (ast.And, ast.Or), (ast.Or, ast.And)),
    *((ast.Add, ast.Sub), (ast.Sub, ast.Add), (ast.Mult, ast.Div), (ast.Div, ast.Mult)),
    *((ast.FloorDiv, ast.Mult), (ast.Mod, ast.Mult), (ast.Pow, ast.Mult)),
    *((ast.BitAnd, ast.BitOr), (ast.BitOr, ast.BitAnd), (ast.BitXor, ast.BitOr)),
]
SWAPPED: dict[type[ast.AST], type[ast.AST]] = dict(PAIRS)
CONDITIONS = {"where", "and_", "or_"}  # calls of which each argument is a condition
LEFT_ALONE = {"annotation", "returns", "decorator_list", "bases"}
LONGEST = 100  # signs of source in each half of a name


@dataclass(frozen=True)
class Mutant:
    """`name` says where and what; it knows no line, so it outlives changes elsewhere.

    `scope` is what it is exchanged with: a function or method, or a private name of the module
    that is made at import; "" where others may have taken it over by then.
    """

    name: str
    scope: str
    nth: int  # of all changes of the module


@dataclass(frozen=True)
class _Change:
    """`new` in the place of `old`, which is `owner.field`, or its entry `at`."""

    place: str
    scope: str
    owner: ast.AST
    field: str
    at: int | None
    old: ast.AST
    new: ast.AST

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.at] = node

    def name(self) -> str:
        before, after = (_source(each) for each in (self.old, self.new))
        small = isinstance(self.old, ast.Constant | ast.Name)
        if small and not isinstance(self.owner, ast.Module) and not hasattr(self.owner, "body"):
            # A number says little: what it stands in says more.
            before = _source(self.owner)
            self.put(self.new)
            after = _source(self.owner)
            self.put(self.old)
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
        start = max(sum(1 for _pair in same) - LONGEST // 2, 0)
        halves = (text if len(text) <= LONGEST else _cut(text, start) for text in (before, after))
        return f"{self.place}: {' -> '.join(halves)}"


def mutants(source: str) -> list[Mutant]:
    """All mutants of a module, in order."""
    found: list[Mutant] = []
    seen: Counter[str] = Counter()
    for nth, change in enumerate(_changes(ast.parse(source))):
        name = change.name()
        seen[name] += 1
        again = f" #{seen[name]}" if seen[name] > 1 else ""
        found.append(Mutant(name + again, change.scope, nth))
    return found


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The syntax tree of a module with one change."""
    tree = ast.parse(source)
    change = next(islice(_changes(tree), mutant.nth, None))
    change.put(ast.copy_location(change.new, change.old))
    return ast.fix_missing_locations(tree)


def sample(found: list[Mutant], most: int) -> list[Mutant]:
    """The same `most` for the same source, one of each function in turn, or class of values."""
    places: dict[str, list[Mutant]] = {}
    for mutant in sorted(found, key=lambda each: hashlib.sha256(each.name.encode()).digest()):
        place = mutant.scope or re.split("[.:]", mutant.name)[0]
        places.setdefault(place, []).append(mutant)
    turns = [each for turn in zip_longest(*places.values()) for each in turn if each]
    return sorted(turns[:most], key=lambda each: each.nth)


def _source(node: ast.AST) -> str:
    if isinstance(node, ast.If | ast.While):
        return f"if {ast.unparse(node.test)}"
    if isinstance(node, ast.FunctionDef):
        return "return" if isinstance(node.body[0], ast.Return) else "all of it"
    return " ".join(ast.unparse(node).split())


def _cut(text: str, start: int) -> str:
    return ("…" if start else "") + text[start : start + LONGEST] + "…"


def _changes(tree: ast.Module) -> Iterator[_Change]:
    yield from _within(tree, "", "")


def _within(owner: ast.AST, place: str, scope: str) -> Iterator[_Change]:
    """The changes of all that hangs on a node, in the order of the source."""
    for field, value in ast.iter_fields(owner):
        if field in LEFT_ALONE or (isinstance(owner, ast.Dict) and field == "keys"):
            continue
        # Defaults are made where the function is, not in it.
        inner = scope or (place if isinstance(owner, Function) and field == "body" else "")
        for at, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _says_nothing(node):
                continue
            named = ".".join(filter(None, (place, "" if inner else _name(node))))
            private = isinstance(node, ast.Assign) and named.startswith("_")
            within = inner or (named if private or isinstance(node, Function) else "")
            for new in _instead(node):
                where = at if isinstance(value, list) else None
                yield _Change(named, within, owner, field, where, node, new)
            yield from _within(node, named, within if private else inner)


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _name(node: ast.AST) -> str:
    """What a node of a module or class gives a name to, or ""."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _says_nothing(node: ast.AST) -> bool:
    """Docstrings, types, words for people and the log."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case (
            ast.AnnAssign(annotation=ast.Name(id="TypeAlias"))
            | ast.Assign(targets=[ast.Name(id="log")])
        ):
            return True
        case ast.Call(func=ast.Name(id="_" | "TypeVar" | "bindparam")):
            return True
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Call(func=ast.Name(id="_")))):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log")))):
            return True
    return False


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    changed = copy.copy(node)
    for field, value in fields.items():
        setattr(changed, field, value)
    return changed


def _without(nodes: list[Any], at: int) -> list[Any]:
    return [*nodes[:at], *nodes[at + 1 :]]


def _instead(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand for a node, each a mutant."""
    kinds: Any = (_of_step, _of_turn) if isinstance(node, ast.stmt) else (_of_sum, _of_part)
    for kind in kinds:
        yield from kind(node)


def _of_step(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Expr() | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.AugAssign(op=op):
            yield ast.Pass()
            if type(op) in SWAPPED:
                yield _with(node, op=SWAPPED[type(op)]())
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()


def _of_turn(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield ast.Return(ast.Constant(None))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.If():
            yield _with(node, test=ast.Constant(True))
            yield _with(node, test=ast.Constant(False))
        case ast.While():
            yield _with(node, test=ast.Constant(False))
        case ast.FunctionDef(body=body) if len(body) > 1 + (ast.get_docstring(node) is not None):
            yield _with(node, body=[ast.Return(), *body])


def _of_sum(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield _with(node, ops=[*ops[:at], SWAPPED[type(op)](), *ops[at + 1 :]])
        case ast.BinOp(op=op) if type(op) in SWAPPED:
            yield _with(node, op=SWAPPED[type(op)]())
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=SWAPPED[type(op)]())
            for at in range(len(values)):
                rest = _without(values, at)
                yield _with(node, values=rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(operand=operand):
            yield operand


def _of_part(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.comprehension(ifs=ifs):
            for at in range(len(ifs)):
                yield _with(node, ifs=_without(ifs, at))
        case ast.ExceptHandler(type=ast.Tuple(elts=types) as caught):
            for at in range(len(types)):
                yield _with(node, type=_with(caught, elts=_without(types, at)))
        case ast.Call():
            yield from _of_call(node)
        case ast.Constant(value=value):
            yield from map(ast.Constant, _other_values(value))


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    for at, keyword in enumerate(node.keywords):
        if keyword.arg:
            yield _with(node, keywords=_without(node.keywords, at))
    match node.func:
        case ast.Attribute(value=ast.Call() as chain, attr=link) if link != "execute":
            yield chain  # without its last link
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if called in CONDITIONS and len(node.args) > 1:
        for at in range(len(node.args)):
            yield _with(node, args=_without(node.args, at))


def _other_values(value: object) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, str | bytes) and value:
        return [type(value)()]
    return []
