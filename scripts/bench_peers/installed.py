"""The other programs, each installed into an environment of its own, and the data that they show."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from books import FOLDER

PEERS = FOLDER / "peers"
_BESIDE = {"posting": ("tree-sitter<0.26",)}  # Posting 2.11 ends with a segmentation fault beside a newer one


def python_peer(package: str, program: str) -> str:
    """The path of a program that a package of the Python index brings; empty where it cannot be had."""
    found = _environment(package) / "bin" / program
    return str(found) if found.exists() else ""


def python_with(package: str) -> str:
    """The path of a Python that can import a package; empty where that, or what it needs of the system, is missing."""
    found = _environment(package) / "bin" / "python"
    works = found.exists() and subprocess.run([str(found), "-c", f"import {package}"], capture_output=True, check=False)
    return str(found) if works and works.returncode == 0 else ""


def _environment(package: str) -> Path:
    """The folder of an environment that has only this package; not there where it cannot be installed."""
    environment = PEERS / package
    for python in _pythons():
        if environment.exists():
            break
        try:
            for command in (
                [python, "-m", "venv", str(environment)],
                [str(environment / "bin" / "pip"), "install", "-q", package, *_BESIDE.get(package, ())],
            ):
                subprocess.run(command, check=True, capture_output=True)
        except subprocess.CalledProcessError:
            shutil.rmtree(environment, ignore_errors=True)
    return environment


def _pythons() -> Iterator[str]:
    """This Python first, then newer ones that are on the path: some peers need them."""
    yield sys.executable
    yield from filter(None, (shutil.which(f"python3.{minor}") for minor in (14, 13, 12)))


def system_peer(program: str) -> str:
    """The path of a program of the system; empty where it is not installed."""
    return shutil.which(program) or ""


def journal(path: Path, transactions: int) -> Path:
    """A journal for hledger with so many sales."""
    path.write_text(
        "".join(
            f"2026-{1 + number % 12:02}-{1 + number % 28:02} Customer {number % 40}\n"
            f"    assets:receivable  {100 + number}.00 CAD\n    income:sales\n\n"
            for number in range(transactions)
        )
    )
    return path


def mailbox(path: Path, messages: int) -> Path:
    """An mbox with so many messages."""
    path.write_text(
        "".join(
            f"From a@example.com Tue Nov 24 10:00:00 2026\nFrom: Customer {number % 40} <a@example.com>\n"
            f"Date: Tue, 24 Nov 2026 10:00:00 +0000\nSubject: Invoice {number} from Acme Conseil inc.\n"
            f"Message-ID: <{number}@example.com>\n\nHello\n\n"
            for number in range(messages)
        )
    )
    return path
