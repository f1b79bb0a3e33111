import gc
import shutil
import signal
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from facturier.mail import redaction
from facturier.models.text.i18n import speak

_MEMORY = Path("/dev/shm")

# The examples are the same in each run, so that a change fails for what it does. `--hypothesis-profile=random` with
# `--hypothesis-seed` tries others. A busy machine is slow, so no example has a time limit.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile("fixed")


def pytest_configure() -> None:
    """Programs that the tests start inherit ignored signals, for example from `nohup` or a script in the background."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """If several processes run the tests, spread those that mostly wait, for programs and terminals, among those of the
    screens, which keep the processor busy. The short ones come last, so that the processes end together."""
    if not hasattr(config, "workerinput"):
        return
    waiting = deque(item for item in items if item.nodeid.startswith("tests/whole/"))
    screens = [item for item in items if item.nodeid.startswith("tests/tui/")]
    short = [item for item in items if not item.nodeid.startswith(("tests/whole/", "tests/tui/"))]
    distance = len(screens) // (len(waiting) + 1) or 1
    mixed = []
    for place, item in enumerate(screens):
        mixed.append(item)
        if waiting and place % distance == 0:
            mixed.append(waiting.popleft())
    items[:] = [*mixed, *waiting, *short]


def pytest_collection_finish() -> None:
    """What was loaded so far stays until the end: to look through it for garbage again and again takes a tenth of the
    time of the screens' tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory where there is room for it: the same files and locks, and no waiting for a disk to confirm.

    Its name does not begin like those of the program's own temporary folders, which other processes remove as stale."""
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 1 << 30
    with tempfile.TemporaryDirectory(prefix="test-facturier-", dir=_MEMORY if has_room else None) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """Any test may choose a language, and the next one starts in English."""
    yield
    speak("en")


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test calls a secret may be an ordinary word of another."""
    monkeypatch.setattr(redaction, "_in_use", redaction.Redactor())
