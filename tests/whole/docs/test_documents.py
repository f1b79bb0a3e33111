"""The documentation names every command and option, and all its links work."""

import argparse
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.tui.cli.commands import VERBS, module_name
from tests.whole.program import ROOT

COMMANDS = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def rows(verb: str) -> str:
    """Return the rows of the table that begin with the verb."""
    return "\n".join(line for line in COMMANDS.splitlines() if re.match(rf"\| `{verb}[ `]", line))


def words(verb: str) -> Iterator[str]:
    """Yield the options, arguments and choices of the verb."""
    parser = argparse.ArgumentParser(add_help=False)
    importlib.import_module(module_name(verb)).add(parser)
    for action in parser._actions:
        yield from action.option_strings or [str(action.metavar)]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_option_is_in_the_page_of_commands(verb: str) -> None:
    said = rows(verb)
    assert said, f"docs/commands.md has no row for {verb}"
    assert not [word for word in words(verb) if not re.search(rf"(?<![\w-]){word}(?![\w-])", said)]


def test_every_filter_of_the_list_is_in_the_page_of_commands() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    importlib.import_module(module_name("list")).add(parser)
    [status] = [action for action in parser._actions if "--status" in action.option_strings]
    assert status.choices
    assert not [choice for choice in status.choices if f"`{choice}`" not in rows("list")]


def test_the_page_of_commands_has_only_existing_verbs() -> None:
    listed = set(re.findall(r"^\| `([a-z]+)[ `]", COMMANDS, re.MULTILINE))
    assert listed == set(VERBS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_exists(page: Path) -> None:
    found = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    here = [target for target in found if "://" not in target]
    assert not [target for target in here if not (page.parent / target).exists()]
