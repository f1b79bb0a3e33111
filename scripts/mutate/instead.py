"""What may stand in the place of a piece of code: a bound moved, a condition dropped, a step left out."""

import ast
import re
from collections.abc import Iterator

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

# Words for people, also where they are not translated: evidence in the journal.
_WORDS = re.compile(r"[a-z,] [a-z]")


def is_quiet(node: ast.AST) -> bool:
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
            return all(is_quiet(element) for element in elements) and bool(elements)
    return False


New = tuple[ast.AST | None, tuple[str, str] | None]


def instead(node: ast.AST, above: ast.AST, name: str, path: list[ast.AST]) -> Iterator[New]:
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
        for decided in _decided(node, above):
            yield ast.copy_location(ast.Constant(decided), node), None
    if isinstance(node, ast.withitem) and node.optional_vars is None:
        yield ast.withitem(ast.parse("__import__('contextlib').nullcontext()", mode="eval").body), None
    if isinstance(node, ast.keyword) and name == "keywords" and node.arg is not None and not is_quiet(node.value):
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
