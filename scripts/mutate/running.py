"""Run tests one by one, each with all that pytest does around it and for a limited time."""

import contextlib
import json
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pytest
from changes import Change
from engine import ENGINE

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

    def patience(self, test: str) -> float:
        return _PATIENCE[0] + _PATIENCE[1] * self.seconds[test]

    def of(self, change: Change) -> list[str]:
        """The file's own tests that run what was changed: in the order of `ENGINE`, then the quickest first."""
        lines, own = self.lines[change.path], ENGINE[change.path]
        if not change.scope:  # what runs while it is imported is not seen
            found = {test for test in self.seconds if test.partition("::")[0] in own}
        else:
            found = {test for line in change.lines for test in lines.get(line, ()) if test.partition("::")[0] in own}
        return sorted(found, key=lambda test: (own.index(test.partition("::")[0]), self.seconds[test], test))


class Limit:
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
def limits() -> Iterator[Limit]:
    limit = Limit()
    signal.signal(signal.SIGALRM, limit.ring)
    try:
        yield limit
    finally:
        limit(0)


def passes(item: pytest.Item, following: pytest.Item | None, limit: Limit, seconds: float) -> bool:
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
