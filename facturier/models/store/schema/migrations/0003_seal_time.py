"""Extend seals by the earliest send time and a random token that identifies the seal after the hand-over."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    # Both are empty in the seals of earlier versions. A member's program then creates the seal again.
    db.execute_sql("ALTER TABLE seal ADD COLUMN token TEXT NOT NULL DEFAULT ''")
    db.execute_sql("ALTER TABLE seal ADD COLUMN not_before TEXT NOT NULL DEFAULT ''")
