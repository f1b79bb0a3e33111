"""Add the project that an invoice is for."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    db.execute_sql("ALTER TABLE invoice ADD COLUMN project TEXT NOT NULL DEFAULT ''")
