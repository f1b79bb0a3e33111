"""Try changes: each in a process of its own, forked from one that has loaded everything and run nothing.

A change inside a function takes the place of that function's code. One outside of functions (a table, a default, a
pattern) loads the program anew in the forked process, with the changed module in it.
"""

import ast
import contextlib
import gc
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType

import pytest
from changes import Change, changes
from coverage import Coverage
from engine import ENGINE
from results import Result

# How much longer than usual a test may take before the change counts as noticed: in seconds, and as often as usual.
_PATIENCE = (3.0, 10.0)
# After that, the process is ended.
_LAST_PATIENCE = 5.0


class Slow(BaseException):
    """A test takes so long that something never ends."""


@dataclass(slots=True)
class Tests:
    """How long each test takes, and which lines of each file of the engine it runs."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[str]]]

    @classmethod
    def read(cls, look: Path) -> "Tests":
        seen = json.loads(look.read_text(encoding="utf-8"))
        return cls(
            seen["seconds"], {path: {int(line): ran for line, ran in on.items()} for path, on in seen["lines"].items()}
        )

    def of(self, change: Change) -> list[str]:
        """The file's own tests that run what was changed: in the order of `ENGINE`, then the quickest first."""
        lines, own = self.lines[change.path], ENGINE[change.path]
        if not change.scope:  # what runs while it is imported is not seen
            found = {test for test in self.seconds if test.partition("::")[0] in own}
        else:
            found = {test for line in change.lines for test in lines.get(line, ()) if test.partition("::")[0] in own}
        return sorted(found, key=lambda test: (own.index(test.partition("::")[0]), self.seconds[test], test))


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
            importlib.import_module(_module(path))
        self.everything = [change for path, tree in trees.items() for change in changes(path, tree)]
        waiting = [change for change in self.everything if self.wanted(change)]
        if not waiting:
            return True
        if not self.look.exists():
            self.look.write_text(json.dumps(_in_child(lambda: _look(items))), encoding="utf-8")
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
                child, pipe = _start(lambda: _try(change, trees[change.path], order, tests, items), room)  # noqa: B023
                running[child] = (change, room, pipe, time.monotonic())
            if running:
                child, status = os.wait()
                change, room, pipe, began = running.pop(child)
                self._ended(change, status, _read(pipe), time.monotonic() - began)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
                _clear(room)
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
    with _limits() as limit:
        seen.start()
        for (name, item), following in zip(items.items(), [*[*items.values()][1:], None], strict=True):
            seen.switch_context(name)
            began = time.monotonic()
            if not _passes(item, following, limit, 60):
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
    _swap(change, compile(tree, str(Path(change.path).resolve()), "exec"))
    with _limits() as limit:
        for name, following in zip(order, [*order[1:], None], strict=True):
            next_item = items[following] if following else None
            if not _passes(items[name], next_item, limit, _PATIENCE[0] + _PATIENCE[1] * tests.seconds[name]):
                return {"what": "slow" if limit.passed else "noticed", "by": name}
    return {"what": "unnoticed", "by": ""}


def _swap(change: Change, module: CodeType) -> None:
    """Give the live function its changed code."""
    new = _code(module, change.scope)
    live = [
        one
        for one in gc.get_objects()
        if isinstance(one, FunctionType)
        and one.__code__.co_qualname == change.scope
        and one.__code__.co_filename == module.co_filename
    ]
    if new is None or not live:
        raise RuntimeError(f"{change.key}: where is that function?")
    for function in live:
        function.__code__ = new


def _code(code: CodeType, scope: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == scope:
                return constant
            if scope.startswith(constant.co_qualname + ".") and (found := _code(constant, scope)):
                return found
    return None


def _anew(change: Change, tree: ast.Module, order: list[str], tests: Tests) -> object:
    """Load the program and these tests anew, with the change."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("facturier", "tests")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Changed(change.path, tree))
    chosen = _Chosen(order, tests)
    with _limits() as chosen.limit:
        files = sorted({name.partition("::")[0] for name in order})
        pytest.main(arguments(files), plugins=[chosen])
    if chosen.failed:
        return {"what": "slow" if chosen.limit.passed else "noticed", "by": chosen.failed}
    return {"what": "unnoticed" if chosen.passed == len(order) else "noticed", "by": ""}


class _Changed(importlib.machinery.SourceFileLoader):
    """Finds one module, and loads it with its change."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        super().__init__(_module(path), str(Path(path).resolve()))
        self._tree = tree

    def find_spec(self, name: str, _path: object = None, _target: ModuleType | None = None) -> object:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return compile(self._tree, self.path, "exec")


class _Chosen:
    """Runs some tests, in their order, until one fails."""

    def __init__(self, order: list[str], tests: Tests) -> None:
        self._order = order
        self._tests = tests
        self.limit = _Limit()
        self.failed = ""
        self.passed = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        there = {item.nodeid: item for item in items}
        items[:] = [there[name] for name in self._order if name in there]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            patience = _PATIENCE[0] + _PATIENCE[1] * self._tests.seconds[item.nodeid]
            if not _passes(item, following, self.limit, patience):
                self.failed = item.nodeid
                break
            self.passed += 1
        return True


class _Limit:
    """An alarm clock. The first ring fails the test, the second ends the process."""

    def __init__(self) -> None:
        self.passed = False

    def __call__(self, seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def ring(self, _signal: int, _frame: FrameType | None) -> None:
        self.passed = True
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _LAST_PATIENCE)
        raise Slow


@contextlib.contextmanager
def _limits() -> Iterator[_Limit]:
    limit = _Limit()
    signal.signal(signal.SIGALRM, limit.ring)
    try:
        yield limit
    finally:
        limit(0)


def _passes(item: pytest.Item, following: pytest.Item | None, limit: _Limit, seconds: float) -> bool:
    """Run a test with all that pytest does around it."""
    heard = _Heard()
    item.config.pluginmanager.register(heard)
    limit(seconds)
    try:
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
    except Slow:
        return False
    finally:
        item.config.pluginmanager.unregister(heard)
    return not heard.failed and not limit.passed


class _Heard:
    def __init__(self) -> None:
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed


def _start(work: Callable[[], object], room: Path) -> tuple[int, int]:
    """Do it in a process of its own, with a place of its own for temporary files: its number and where it answers."""
    answer, say = os.pipe()
    child = os.fork()
    if child:
        os.close(say)
        return child, answer
    try:
        os.setsid()
        os.close(answer)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = str(room)
        tempfile.tempdir = None
        os.write(say, json.dumps(work()).encode())
    except BaseException as error:  # noqa: BLE001 - the other process must hear of it
        os.write(say, json.dumps({"what": "broken", "by": repr(error)}).encode())
    finally:
        os._exit(0)


def _clear(room: Path) -> None:
    """Take its temporary files away, and what a test that was ended has mounted there."""
    mounts = Path("/proc/self/mounts")
    for line in mounts.read_text(encoding="utf-8").splitlines() if mounts.exists() else ():
        if (place := line.split()[1]).startswith(f"{room}/"):
            subprocess.run(["umount", "-l", place], check=False)
    shutil.rmtree(room, ignore_errors=True)


def _in_child(work: Callable[[], object]) -> dict[str, dict[str, object]]:
    """Run it in a process of its own, so that this one stays as it is."""
    with tempfile.TemporaryDirectory() as room:
        child, pipe = _start(work, Path(room))
        said = _read(pipe)
        os.waitpid(child, 0)
    if not isinstance(said, dict) or "lines" not in said:
        raise SystemExit(f"The tests fail as they are: {said}")
    return said


def _read(pipe: int) -> object:
    with os.fdopen(pipe, "rb") as answer:
        said = answer.read()
    return json.loads(said) if said else None


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def arguments(tests: Sequence[str]) -> list[str]:
    return [
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:unraisableexception",
        "--no-header",
        "--no-summary",
        "-s",
        "--hypothesis-seed=0",
        *tests,
    ]
