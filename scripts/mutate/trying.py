"""Try changes: each in a process of its own, forked from one that has loaded everything and run nothing.

A change inside a function takes the place of that function's code. One outside of functions (a table, a default, a
pattern) loads the program anew in the forked process, with the changed module in it.
"""

import ast
import contextlib
import importlib
import json
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from changes import Change, changes
from children import clear, in_child, read, start
from coverage import Coverage
from engine import ENGINE
from results import Result
from running import Limit, Tests, arguments, limits, passes
from spoiling import Changed, module_of, swap


@dataclass(slots=True, eq=False)
class Trying:
    """A pytest plugin that runs its tests once to see what they touch, then once for each change. `wanted` says which
    changes to try, `tell` is told what became of each; `look` is the file that keeps what the tests touch."""

    wanted: Callable[[Change], bool]
    tell: Callable[[Change, Result], None]
    workers: int
    look: Path
    everything: list[Change] = field(default_factory=list)
    _noticed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        trees = {path: ast.parse(Path(path).read_text(encoding="utf-8"), path) for path in ENGINE}
        for path in ENGINE:
            importlib.import_module(module_of(path))
        self.everything = [change for path, tree in trees.items() for change in changes(path, tree)]
        waiting = [change for change in self.everything if self.wanted(change)]
        if not waiting:
            return True
        if not self.look.exists():
            self.look.write_text(json.dumps(in_child(lambda: _look(items))), encoding="utf-8")
        tests = Tests.read(self.look)
        running: dict[int, tuple[Change, Path, int, float]] = {}
        while waiting or running:
            while waiting and len(running) < self.workers:
                change = waiting.pop(0)
                order = tests.of(change)
                likely = [*self._noticed[change.path + change.scope][:8], *self._noticed[change.path][:12]]
                order.sort(key=lambda test: likely.index(test) if test in likely else len(likely))
                if not order:
                    self.tell(change, Result("untested"))
                    continue
                room = Path(tempfile.mkdtemp(prefix="change-"))
                child, pipe = start(lambda: _try(change, trees[change.path], order, tests, items), room)  # noqa: B023
                running[child] = (change, room, pipe, time.monotonic())
            if running:
                child, status = os.wait()
                change, room, pipe, began = running.pop(child)
                self._ended(change, status, read(pipe), time.monotonic() - began)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
                clear(room)
        return True

    def _ended(self, change: Change, status: int, said: object, took: float) -> None:
        if isinstance(said, dict):
            for place in (change.path, change.path + change.scope) if said["what"] == "noticed" and said["by"] else ():
                self._noticed[place] = [said["by"], *(test for test in self._noticed[place] if test != said["by"])]
            self.tell(change, Result(said["what"], said["by"], took))
        elif os.WIFSIGNALED(status):
            self.tell(change, Result("noticed", f"ended by {signal.Signals(os.WTERMSIG(status)).name}", took))
        else:
            self.tell(change, Result("noticed", "ended", took))


def _look(items: dict[str, pytest.Item]) -> object:
    """Run every test as it is. Ends the program if one fails."""
    seen = Coverage(data_file=None, config_file=False, include=[str(Path(path).resolve()) for path in ENGINE])
    seconds = {}
    with limits() as limit:
        seen.start()
        for (name, item), following in zip(items.items(), [*[*items.values()][1:], None], strict=True):
            seen.switch_context(name)
            began = time.monotonic()
            if not passes(item, following, limit, 60):
                return {"failed": name}
            seconds[name] = time.monotonic() - began
        seen.stop()
    data = seen.get_data()
    return {
        "seconds": seconds,
        "lines": {
            path: {
                line: [test for test in tests if test]
                for line, tests in data.contexts_by_lineno(str(Path(path).resolve())).items()
            }
            for path in ENGINE
        },
    }


def _try(change: Change, tree: ast.Module, order: list[str], tests: Tests, items: dict[str, pytest.Item]) -> object:
    change.make()
    ast.fix_missing_locations(tree)
    if not change.scope:
        return _anew(change, tree, order, tests)
    swap(change, compile(tree, str(Path(change.path).resolve()), "exec"))
    with limits() as limit:
        for name, following in zip(order, [*order[1:], None], strict=True):
            next_item = items[following] if following else None
            if not passes(items[name], next_item, limit, tests.patience(name)):
                return {"what": "slow" if limit.passed else "noticed", "by": name}
    return {"what": "unnoticed", "by": ""}


def _anew(change: Change, tree: ast.Module, order: list[str], tests: Tests) -> object:
    """Load the program and these tests anew, with the change."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("facturier", "tests")]:
        del sys.modules[name]
    sys.meta_path.insert(0, Changed(change.path, tree))
    chosen = _Chosen(order, tests)
    with limits() as chosen.limit:
        files = sorted({name.partition("::")[0] for name in order})
        pytest.main(arguments(files), plugins=[chosen])
    if chosen.failed:
        return {"what": "slow" if chosen.limit.passed else "noticed", "by": chosen.failed}
    return {"what": "unnoticed" if chosen.passed == len(order) else "noticed", "by": ""}


class _Chosen:
    """Runs some tests, in their order, until one fails."""

    def __init__(self, order: list[str], tests: Tests) -> None:
        self._order = order
        self._tests = tests
        self.limit = Limit()
        self.failed = ""
        self.passed = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        there = {item.nodeid: item for item in items}
        items[:] = [there[name] for name in self._order if name in there]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            patience = self._tests.patience(item.nodeid)
            if not passes(item, following, self.limit, patience):
                self.failed = item.nodeid
                break
            self.passed += 1
        return True
