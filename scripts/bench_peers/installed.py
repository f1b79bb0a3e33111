"""Install each of the other programs into its own environment, and generate data for them to show."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from books import FOLDER

PEERS = FOLDER / "peers"
_BESIDE = {"posting": ("tree-sitter<0.26",)}  # Posting 2.11 crashes with a segmentation fault with a newer version


def python_peer(package: str, program: str) -> str:
    """Return the path of a program from a Python package, or an empty string if it cannot be installed."""
    found = _environment(package) / "bin" / program
    return str(found) if found.exists() else ""


def python_with(package: str) -> str:
    """Return the path of a Python that can import a package, or an empty string if the package or a system library is
    missing."""
    found = _environment(package) / "bin" / "python"
    works = found.exists() and subprocess.run([str(found), "-c", f"import {package}"], capture_output=True, check=False)
    return str(found) if works and works.returncode == 0 else ""


def _environment(package: str) -> Path:
    """Return the folder of an environment that has only this package. The folder does not exist if the installation
    failed."""
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
    """Yield this Python first, then newer ones on PATH, which some packages need."""
    yield sys.executable
    yield from filter(None, (shutil.which(f"python3.{minor}") for minor in (14, 13, 12)))


def system_peer(program: str) -> str:
    """Return the path of a system program, or an empty string if it is not installed."""
    return shutil.which(program) or ""


def journal(path: Path, transactions: int) -> Path:
    """Write an hledger journal with this many sales."""
    path.write_text(
        "".join(
            f"2026-{1 + number % 12:02}-{1 + number % 28:02} Customer {number % 40}\n"
            f"    assets:receivable  {100 + number}.00 CAD\n    income:sales\n\n"
            for number in range(transactions)
        )
    )
    return path


def mailbox(path: Path, messages: int) -> Path:
    """Write an mbox file with this many messages."""
    path.write_text(
        "".join(
            f"From a@example.com Tue Nov 24 10:00:00 2026\nFrom: Customer {number % 40} <a@example.com>\n"
            f"Date: Tue, 24 Nov 2026 10:00:00 +0000\nSubject: Invoice {number} from Acme Conseil inc.\n"
            f"Message-ID: <{number}@example.com>\n\nHello\n\n"
            for number in range(messages)
        )
    )
    return path
