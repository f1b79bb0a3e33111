"""The company file of version 0.1.0. Never changed: what came later is in the scripts after this one."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def up(_migrator: Any, db: Any) -> None:
    for statement in _statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        db.execute_sql(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, one by one: `executescript` would commit on its own."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
