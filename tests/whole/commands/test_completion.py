"""The version, and shell completion."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier import __version__
from facturier.tui.cli.commands import VERBS
from tests.whole.program import ROOT, Program
from tests.whole.terminal import Terminal, terminal


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


@pytest.fixture
def shell(program: Program, tmp_path: Path) -> Iterator[Terminal]:
    """A bash that has loaded the completion script, in a folder with one company file."""
    script = tmp_path / "facturier.bash"
    script.write_text(program.good("completion", "bash"), encoding="utf-8")
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "acme.facturier").touch()
    arguments = ["/bin/bash", "--noprofile", "--norc", "-i"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PS1": "> ", "LANG": "C.UTF-8"}
    with terminal(arguments, environment, direct=True) as bash:
        bash.press(f"cd {folder}; source {script}; clear; echo ready", "enter")
        bash.wait_for("ready")
        yield bash


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("facturier se\t", "facturier send"),
        ("facturier se\t--dr\t", "facturier send --dry-run"),
        ("facturier send --from gm\t", "facturier send --from gmail"),
        ("facturier completion z\t", "facturier completion zsh"),
        ("facturier backup ac\t", "facturier backup acme.facturier"),
        ("facturier list --company ac\t", "facturier list --company acme.facturier"),
        ("facturier ac\t", "facturier acme.facturier"),
    ],
)
def test_bash_completes(shell: Terminal, typed: str, completed: str) -> None:
    shell.press(typed)
    shell.wait_for(completed)


@pytest.mark.parametrize("name", ["zsh", "tcsh"])
def test_the_other_shells_are_given_every_command(program: Program, name: str) -> None:
    script = program.good("completion", name)
    assert not [verb for verb in VERBS if verb not in script]
    assert "dry-run" in script


def test_a_shell_that_is_not_known_is_wrong_usage(program: Program) -> None:
    done = program.run("completion", "cmd")
    assert done.returncode == 2
    assert "bash" in done.stderr


def test_the_version_is_printed_from_a_checkout(program: Program) -> None:
    assert program.good("--version") == f"facturier {__version__}\n"
    assert program.good("--company", "a.facturier", "--version") == f"facturier {__version__}\n"


def test_the_version_loads_no_part_of_the_program(program: Program) -> None:
    watched = """
import atexit, runpy, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
sys.argv = ["facturier", "--version"]
runpy.run_module("facturier", run_name="__main__")
"""
    done = subprocess.run(
        [sys.executable, "-c", watched],
        env=program.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == f"facturier {__version__}\n"
    loaded = set(done.stderr.split())
    assert not {name for name in loaded if name.startswith("facturier.")} - {"facturier.__main__"}
    assert "argparse" not in loaded


def test_a_version_that_nobody_can_read_is_a_failure(program: Program) -> None:
    assert program.shell("--version", ">/dev/full").returncode == 1
    assert program.shell("--version", ">&-").returncode == 1
    assert program.shell("--version", "| true").returncode == 0


def test_the_version_is_written_down_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "facturier/__init__.py"
