"""A worker gets a function, not a coroutine: Python prints a warning on the terminal for each coroutine that never
runs, as of a worker that is cancelled before it starts."""

import ast
from pathlib import Path

import facturier

_SOURCES = Path(facturier.__file__).parent


def test_no_worker_gets_a_coroutine() -> None:
    started, wrong = 0, []
    for path in _SOURCES.rglob("*.py"):
        source = path.read_text()
        for node in ast.walk(ast.parse(source)) if "run_worker" in source else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run_worker":
                started += 1
                work = node.args[0]
                if not isinstance(work, ast.Name | ast.Lambda):  # `run_in_worker` has the only other one
                    wrong.append(f"{path.relative_to(_SOURCES)}:{node.lineno}")
    assert started
    assert wrong == []
