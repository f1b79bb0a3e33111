"""Few open files or little memory: verbs and screens show a sentence, and the exit status is 1."""

import shlex
import sys
from pathlib import Path

import pytest

from facturier.models.store.opening import create_company
from tests.whole.program import Program
from tests.whole.terminal import terminal


@pytest.fixture
def program(tmp_path: Path) -> Program:
    create_company(tmp_path / "a.facturier")
    return Program(tmp_path / "home", company=tmp_path / "a.facturier")


def with_limit(program: Program, limit: str, arguments: str) -> list[str]:
    return ["bash", "-c", f"ulimit {limit}; exec {shlex.join([sys.executable, *program.command])} {arguments}"]


@pytest.mark.parametrize(
    ("limit", "arguments", "sentence"),
    [
        ("-n 6", "list", "Too many files are open"),
        ("-n 6", "doctor", "Too many files are open"),
        ("-v 20000", "list", "not enough memory"),
        ("-n 6", "", "Too many files are open"),
    ],
)
def test_a_shortage_is_reported_in_a_sentence(program: Program, limit: str, arguments: str, sentence: str) -> None:
    # Coverage is measured with modules that need the memory themselves.
    environment = {name: text for name, text in program.environment.items() if not name.startswith("COVERAGE")}
    with terminal(with_limit(program, limit, arguments), environment, direct=True) as screen:
        assert screen.ended() == 1
        assert sentence in screen.text
        assert "Traceback" not in screen.text
