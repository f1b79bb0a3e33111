"""Textual's private API is used in only one folder, so that an update of Textual requires checking only that folder."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest

import facturier.tui
from facturier.tui import textual_private
from tests.whole.program import ROOT

pytestmark = pytest.mark.xdist_group("private names")  # one process parses the sources
HOME = "facturier/tui/textual_private/"
PICKER = "facturier/tui/widgets/inputs/picker.py"
PYTHONS = {"_exit", "_replace"}  # os._exit, and of a named tuple
# Private names that other files may use. The docstring of the folder names each of them.
ALLOWED = {(PICKER, "textual.widgets._select"), (PICKER, "_find_search_match")}

FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "facturier").rglob("*.py"))
CLASSES = [
    found
    for module in pkgutil.walk_packages(facturier.tui.__path__, "facturier.tui.")
    for found in vars(importlib.import_module(module.name)).values()
    if isinstance(found, type) and found.__module__ == module.name
]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def is_textuals(found: type) -> bool:
    return found.__module__.partition(".")[0] == "textual"


@cache
def source_of(found: type) -> ast.ClassDef:
    [node] = ast.parse(textwrap.dedent(inspect.getsource(found))).body
    assert isinstance(node, ast.ClassDef)
    return node


@cache
def attributes(found: type) -> frozenset[str]:
    """Return the private names that a Textual class defines, or sets on itself."""
    names = {node.attr for node in ast.walk(source_of(found)) if isinstance(node, ast.Attribute) and is_self(node)}
    return frozenset(name for name in {*vars(found), *names} if is_private(name))


def is_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def is_super(node: ast.Attribute) -> bool:
    call = node.value
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "super"


def path_of(found: type) -> str:
    return Path(inspect.getfile(found)).relative_to(ROOT).as_posix()


def private_names(found: type) -> set[str]:
    """Return the private names that one of our classes uses on itself, or defines."""
    tree = source_of(found)
    reached = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    names = {node.attr for node in reached if is_self(node) or is_super(node)}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in names if is_private(name)}


def inherited(found: type) -> set[str]:
    """Return the private names of the Textual classes that one of our classes inherits from."""
    return {name for base in found.__mro__ if is_textuals(base) for name in attributes(base)}


@cache
def tree_of(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def private_imports(path: str) -> Iterator[str]:
    if "textual." not in (ROOT / path).read_text(encoding="utf-8"):
        return
    for node in ast.walk(tree_of(path)):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = "._" in node.module
            names = [node.module] if inside else [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name for name in names if name.startswith("textual.") and "._" in name)


@cache
def all_private() -> frozenset[str]:
    return frozenset(name for found in CLASSES for name in inherited(found))


def test_no_private_module_of_textual_is_imported_elsewhere() -> None:
    used = {(path, name) for path in FILES if not path.startswith(HOME) for name in private_imports(path)}
    assert used - ALLOWED == set()


def test_no_private_attribute_of_a_widget_is_used_from_outside() -> None:
    used = set()
    for path in FILES:
        if path.startswith(HOME) or not path.startswith("facturier/tui/"):
            continue
        reached = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)]
        others = all_private() - {node.attr for node in reached if is_self(node)}
        used |= {(path, node.attr) for node in reached if node.attr in others and not is_super(node)}
    assert {(path, name) for path, name in used if name not in PYTHONS} - ALLOWED == set()


def test_no_class_uses_or_replaces_a_private_name_of_its_base() -> None:
    found = {(path_of(ours), name) for ours in CLASSES for name in private_names(ours) & inherited(ours)}
    assert {(path, name) for path, name in found if not path.startswith(HOME)} - ALLOWED == set()


def test_a_private_name_would_be_found() -> None:
    found = {
        name for ours in CLASSES if path_of(ours).startswith(HOME) for name in private_names(ours) & inherited(ours)
    }
    assert found >= {"_handle_exception", "_dispatch_message", "_notifications", "_file", "_size"}


def test_the_docstring_names_the_version_of_textual_and_every_allowed_use() -> None:
    said = textual_private.__doc__ or ""
    assert f"Textual {'.'.join(version('textual').split('.')[:2])}." in said
    assert not [name for _path, name in ALLOWED if name not in said]


def test_every_allowed_use_is_still_there() -> None:
    assert not [name for path, name in ALLOWED if name not in (ROOT / path).read_text(encoding="utf-8")]
