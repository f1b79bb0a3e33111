"""What holds only on one machine says so where it is, and is listed in the developer pages."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.whole.program import ROOT

_SAID = re.compile(r"^ *# one machine: \S", re.MULTILINE)
# Locks, processes and files by their numbers, and a company as a path. There are others, which no test can find.
_SIGNS = re.compile(
    r"\.flock\(|os\.kill\(|\bst_ino\b|\bboot_id\b|\bkeyctl\b|store\.path\.(resolve|stat|parent)\b|\bLEASE ="
)
_STORE = "models/store/"


def _modules() -> Iterator[tuple[str, Path]]:
    """Those outside of the store, which is made for one machine as a whole."""
    for path in (ROOT / "facturier").rglob("*.py"):
        name = path.relative_to(ROOT / "facturier").as_posix()
        if not name.startswith(_STORE):
            yield name, path


def _that_say_so() -> set[str]:
    return {name for name, path in _modules() if _SAID.search(path.read_text(encoding="utf-8"))}


def test_the_developer_pages_list_what_holds_only_on_one_machine() -> None:
    page = (ROOT / "docs" / "development" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition("## What holds only on one machine\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^- `([^`]+)`: \S", section, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == _that_say_so() != set()


def test_what_needs_one_machine_says_so() -> None:
    signs = {name for name, path in _modules() if _SIGNS.search(path.read_text(encoding="utf-8"))}
    assert signs - _that_say_so() == set()
