"""An invoice names the project that it is for, if any."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    db.execute_sql("ALTER TABLE invoice ADD COLUMN project TEXT NOT NULL DEFAULT ''")
