"""Unusual folders and file names: the program works or reports an error, and never fails without an explanation."""

import os
import subprocess
from pathlib import Path

import pytest

from facturier.models.store.opening import create_company
from tests.whole.program import Program

ODD = b"caf\xe9"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    create_company(tmp_path / "a.facturier")
    return tmp_path / "a.facturier"


def test_file_names_need_not_be_utf_8(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + ODD + b".facturier"))
    plain = Program(tmp_path / "home")
    said = plain.good("new", str(odd), "--name", "Acme", "--email", "a@acme.example")
    command = said.partition("Open it with: ")[2].strip().replace("-m facturier ", "-m facturier list --company ")
    assert subprocess.run(["bash", "-c", command], env=plain.environment, check=False).returncode == 0
    named = Program(tmp_path / "home", company=odd)
    assert "✓ Company file" in named.good("doctor")
    named.good("backup", str(tmp_path / os.fsdecode(ODD)))
    assert (tmp_path / os.fsdecode(ODD)).stat().st_size
    for arguments in (("show", os.fsdecode(ODD)), ("draft", os.fsdecode(ODD)), ("restore", os.fsdecode(ODD))):
        done = named.run(*arguments)
        assert done.returncode == 1
        assert "An unexpected error occurred" not in done.stderr


@pytest.mark.parametrize("home", ["deep", "loop"])
def test_an_unusable_home_is_no_unexpected_error(tmp_path: Path, company: Path, home: str) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    place = loop if home == "loop" else tmp_path.joinpath(*["a-folder-of-many"] * 300)
    program = Program(place, company=company)
    assert program.run("list").returncode == 0
    for arguments in (("doctor",), ("people",), ("practice", "--serve")):
        done = program.run(*arguments)
        assert done.stderr or done.stdout
        assert "An unexpected error occurred" not in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


def test_a_link_to_itself_is_reported(tmp_path: Path, company: Path) -> None:
    loop = tmp_path / "loop.facturier"
    loop.symlink_to(loop)
    program = Program(tmp_path / "home", company=company)
    for arguments in (("list", "--company", str(loop)), ("backup", str(loop)), ("restore", str(loop))):
        done = program.run(*arguments)
        assert done.returncode == 1
        assert "An unexpected error occurred" not in done.stderr
