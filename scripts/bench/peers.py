"""The programs that are compared with, each in an environment of its own, or why one is missing."""

import shutil
import subprocess
import sys
from pathlib import Path

from books import FOLDER

PEERS = FOLDER / "peers"


def python_peer(package: str, program: str) -> str:
    """The path of a program that a package of the Python index brings; empty where it cannot be had."""
    found = PEERS / package / "bin" / program
    if not found.exists():
        environment = PEERS / package
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            subprocess.run([sys.executable, "-m", "venv", str(environment)], **quiet)  # type: ignore[call-overload]
            subprocess.run([str(environment / "bin" / "pip"), "install", "-q", package], **quiet)  # type: ignore[call-overload]
        except subprocess.CalledProcessError:
            return ""
    return str(found) if found.exists() else ""


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
