"""The company file of version 0.1.0. Do not change it: later scripts contain all later changes."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def up(_migrator: Any, db: Any) -> None:
    for statement in _statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        db.execute_sql(statement)


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script. `executescript` is not used because it commits."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
