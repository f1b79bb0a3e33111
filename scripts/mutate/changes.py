"""Every small change that is tried, one at a time: a bound moved, a condition dropped, a step left out.

Not changed: sentences for people, log lines, docstrings, annotations, decorators, imports, assertions.
"""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from instead import instead, is_quiet

_LONGEST_SHOWN = 90

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
                if not isinstance(child, ast.AST) or is_quiet(child):
                    continue
                if isinstance(child, ast.stmt | ast.ExceptHandler):
                    lines_here = _header(child)
                for new, said in instead(child, node, name, path):
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


def _header(node: ast.stmt | ast.ExceptHandler) -> range:
    """The lines of a simple statement, or those of a compound one before its body."""
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    return range(node.lineno, max(last, node.lineno) + 1)
