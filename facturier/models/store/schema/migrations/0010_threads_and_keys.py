"""Add the conversation of an email in the mailbox of its sender, and the keys of payments that were removed."""

from typing import Any

_STATEMENTS = (
    # Gmail's id of the conversation that the accepted message belongs to.
    "ALTER TABLE delivery ADD COLUMN thread TEXT NOT NULL DEFAULT ''",
    # A script that repeats a call must not book a payment again that a person has removed.
    """CREATE TABLE removed_payment (
    key TEXT PRIMARY KEY,
    date TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL,
    removed TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
)


def up(_migrator: Any, db: Any) -> None:
    for statement in _STATEMENTS:
        db.execute_sql(statement)
