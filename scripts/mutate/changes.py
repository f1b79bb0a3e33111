"""Every small change that is tried, one at a time: a bound moved, a condition dropped, a step left out.

Not changed: sentences for people, log lines, docstrings, annotations, decorators, imports, assertions.
"""

import ast
import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sql

_BOUND: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_LONGEST_SHOWN = 90

# Words for people, also where they are not translated: evidence in the journal.
_WORDS = re.compile(r"[a-z,] [a-z]")

Scope = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Change:
    """`scope` is the qualified name of the outermost function that it is in, empty outside of functions. `lines` are
    those that a test must have run to notice it. `make` changes the tree that it was found in."""

    path: str
    scope: str
    lines: range
    before: str
    after: str
    number: int
    make: Callable[[], None] = field(repr=False, compare=False)

    @property
    def key(self) -> str:
        """The same wherever its lines have moved to."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.path} {self.scope or '-'}: {self.before}  →  {self.after}{again}"


def changes(path: str, tree: ast.Module) -> list[Change]:
    found: list[Change] = []
    seen: Counter[tuple[str, str, str]] = Counter()
    for one in _Walk(tree).sites():
        before, after = one.shown()
        seen[one.scope, before, after] += 1
        found.append(Change(path, one.scope, one.lines, before, after, seen[one.scope, before, after], one.put))
    return found


@dataclass(slots=True)
class _Site:
    """A place in the tree (`holder`, `name`, `index`), what is there and what comes there instead."""

    path: list[ast.AST]
    holder: ast.AST
    name: str
    index: int | None
    new: ast.AST | None
    scope: str
    lines: range
    said: tuple[str, str] | None = None

    def put(self) -> None:
        if self.index is None:
            setattr(self.holder, self.name, self.new)
            return
        there = getattr(self.holder, self.name)
        new = [] if self.new is None else [self.new]
        setattr(self.holder, self.name, [*there[: self.index], *new, *there[self.index + 1 :]])

    def shown(self) -> tuple[str, str]:
        """The change in words of code: as much around it as fits on a line."""
        if self.said is not None:
            return self.said
        there = getattr(self.holder, self.name)
        old = there if self.index is None else there[self.index]
        if isinstance(old, ast.stmt | ast.ExceptHandler):
            return _one_line(old), _one_line(self.new)
        top = old
        for above in (self.holder, *reversed(self.path)):
            if len(_one_line(above)) > _LONGEST_SHOWN and self.new is not None:
                break
            top = above
            if isinstance(above, ast.stmt | ast.ExceptHandler):
                break
        if top is old:
            return _one_line(old), _one_line(self.new)
        before = _one_line(top)
        self.put()
        after = _one_line(top)
        setattr(self.holder, self.name, there)
        return before, after


def _one_line(node: ast.AST | None) -> str:
    if node is None:
        return "left out"
    if isinstance(node, ast.ExceptHandler):
        return f"except {ast.unparse(node.type) if node.type else ''}"
    if isinstance(node, ast.withitem | ast.keyword | ast.comprehension):
        return ast.unparse(node)
    if isinstance(node, ast.stmt):
        bare = copy.copy(node)
        for blank in ("body", "orelse", "finalbody", "handlers"):
            if getattr(bare, blank, None):
                setattr(bare, blank, [ast.Expr(ast.Constant(...))] if blank == "body" else [])
        node = bare
    return " ".join(ast.unparse(node).split())


class _Walk:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree

    def sites(self) -> Iterator[_Site]:
        yield from self._in(self._tree, [], "", False, range(0))

    def _in(self, node: ast.AST, path: list[ast.AST], scope: str, inside: bool, lines: range) -> Iterator[_Site]:
        """`inside` is whether `scope` names a function by now, and not the classes above one."""
        for name, value in ast.iter_fields(node):
            if _not_looked_at(node, name):
                continue
            within, scope_here, lines_here = inside, scope, lines
            if isinstance(node, ast.FunctionDef) and name in ("args", "decorator_list") and _outermost(path):
                within, scope_here = False, ""
            children = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, child in children:
                if not isinstance(child, ast.AST) or _is_quiet(child):
                    continue
                if isinstance(child, ast.stmt | ast.ExceptHandler):
                    lines_here = _header(child)
                for new, said in _instead(child, node, name, path):
                    yield _Site([*path, node], node, name, index, new, scope_here if within else "", lines_here, said)
                below, function = scope_here, within
                if isinstance(child, Scope) and not within:
                    below = f"{scope}.{child.name}" if scope else child.name
                    function = isinstance(child, ast.FunctionDef)
                yield from self._in(child, [*path, node], below, function, lines_here)


def _outermost(path: list[ast.AST]) -> bool:
    return not any(isinstance(above, ast.FunctionDef) for above in path)


def _not_looked_at(node: ast.AST, name: str) -> bool:
    return (
        name in ("annotation", "returns", "decorator_list", "ctx", "ops", "op", "format_spec", "bases", "keywords")
        and not (name == "keywords" and isinstance(node, ast.Call))
    ) or (isinstance(node, ast.Raise) and name == "cause")


def _is_quiet(node: ast.AST) -> bool:
    """What is no behaviour of the engine's: sentences, log lines, docstrings, what types need."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case (
            ast.Call(func=ast.Name(id="_"))
            | ast.Call(func=ast.Attribute(attr="format", value=ast.Call(func=ast.Name(id="_"))))
        ):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="_log")))):
            return True
        case ast.Call(func=ast.Attribute(attr="getLogger", value=ast.Name(id="logging"))):
            return True
        case ast.keyword(arg="repr" | "slots" | "kept" | "todo"):
            return True
        case ast.Tuple(elts=elements):
            return all(_is_quiet(element) for element in elements) and bool(elements)
    return False


def _header(node: ast.stmt | ast.ExceptHandler) -> range:
    """The lines of a simple statement, or those of a compound one before its body."""
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    return range(node.lineno, max(last, node.lineno) + 1)


New = tuple[ast.AST | None, tuple[str, str] | None]


def _instead(node: ast.AST, above: ast.AST, name: str, path: list[ast.AST]) -> Iterator[New]:
    """What may stand in a node's place: a new node, or None to leave it out of its list."""
    if isinstance(node, ast.stmt | ast.ExceptHandler):
        for statement in _statements(node):
            yield statement, None
    if isinstance(node, ast.expr):
        yield from _texts(node, above)
        for expression in _expressions(node, _is_test(name, above)):
            yield ast.copy_location(expression, node), None
    if isinstance(node, ast.Dict) and len(node.keys) > 1:
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if key is not None:
                less = ast.Dict(
                    node.keys[:index] + node.keys[index + 1 :], node.values[:index] + node.values[index + 1 :]
                )
                yield ast.copy_location(less, node), (f"{ast.unparse(key)}: {ast.unparse(value)}", "left out")
    if name in ("test", "ifs") and _is_test(name, above):
        for value in _decided(node, above):
            yield ast.copy_location(ast.Constant(value), node), None
    if isinstance(node, ast.withitem) and node.optional_vars is None:
        yield ast.withitem(ast.parse("__import__('contextlib').nullcontext()", mode="eval").body), None
    if isinstance(node, ast.keyword) and name == "keywords" and node.arg is not None and not _is_quiet(node.value):
        yield None, None
    if name == "elts" and isinstance(above, ast.Set | ast.Tuple | ast.List) and _may_lose(above, path):
        yield None, None


def _is_test(name: str, above: ast.AST) -> bool:
    return (
        name in ("test", "ifs")
        or isinstance(above, ast.BoolOp)
        or (name == "operand" and isinstance(above, ast.UnaryOp))
    )


def _decided(node: ast.AST, above: ast.AST) -> tuple[bool, ...]:
    """What a condition is taken for. Without one of its parts, `a and b` holds more often already, `a or b` less."""
    if isinstance(node, ast.BoolOp):
        return (isinstance(node.op, ast.Or),)
    return (False,) if isinstance(above, ast.While) else (True, False)


def _may_lose(above: ast.expr, path: list[ast.AST]) -> bool:
    """Whether it is a list of equals, and not a row of different things."""
    if len(getattr(above, "elts", [])) < 2:
        return False
    if isinstance(above, ast.Set | ast.List):
        return True
    return isinstance(path[-1], ast.Compare | ast.ExceptHandler | ast.Assign) and not any(
        isinstance(target, ast.Tuple) for target in getattr(path[-1], "targets", [])
    )


def _statements(node: ast.stmt | ast.ExceptHandler) -> Iterator[ast.AST]:
    nothing = ast.copy_location(ast.Pass(), node)
    match node:
        case ast.Expr() | ast.Raise() | ast.AugAssign():
            yield nothing
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield nothing
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.copy_location(ast.Return(ast.Constant(None)), node)
        case ast.Return(value=None):
            yield nothing
        case ast.Continue():
            yield ast.copy_location(ast.Break(), node)
            yield nothing
        case ast.Break():
            yield nothing
        case ast.ExceptHandler(type=kind) if kind is not None:
            yield ast.copy_location(ast.ExceptHandler(ast.Tuple([], ast.Load()), node.name, node.body), node)


def _texts(node: ast.expr, above: ast.AST) -> Iterator[New]:
    match node:
        case ast.Constant(value=str(text)) if sql.is_sql(text):
            for whole, before, after in sql.changed(text):
                yield ast.copy_location(ast.Constant(whole), node), (before, after)
        case ast.Constant(value=str(text)) if not _WORDS.search(text):
            if text.strip(" :;,/()") or not isinstance(above, ast.JoinedStr):
                yield ast.copy_location(ast.Constant("XX" + text), node), None
        case ast.Constant(value=bytes(data)):
            yield ast.copy_location(ast.Constant(b"XX" + data), node), None


def _expressions(node: ast.expr, tested: bool) -> Iterator[ast.expr]:
    """`tested` is whether it is a condition or a part of one: that it is left out or never holds says more than its
    opposite."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(number)):
            yield ast.Constant(number + 1)
        case ast.Constant(value=float(number)):
            yield ast.Constant(number * 2 or 1.0)
        case ast.Compare():
            for index, sign in enumerate(node.ops):
                other = _BOUND.get(type(sign)) or (None if tested else _OPPOSITE[type(sign)])
                if other is not None:
                    yield ast.Compare(node.left, [*node.ops[:index], other(), *node.ops[index + 1 :]], node.comparators)
        case ast.BoolOp():
            for index in range(len(node.values)):
                rest = node.values[:index] + node.values[index + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        case ast.UnaryOp(op=ast.Not()) if not tested:
            yield node.operand
        case ast.UnaryOp(op=ast.USub()):
            yield node.operand
        case ast.BinOp(op=ast.BitOr()):
            yield node.left
            yield node.right
        case ast.BinOp() if type(node.op) in _COUNTED and not (_is_text(node.left) or _is_text(node.right)):
            yield ast.BinOp(node.left, _COUNTED[type(node.op)](), node.right)
        case ast.Call(func=ast.Name(id=called)) if called in _CALLED:
            yield ast.Call(ast.Name(_CALLED[called], ast.Load()), node.args, node.keywords)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
