"""Reserve the number of a draft whose send was undone, and record which delivery gave an invoice its number.

Both are empty in earlier files: after undoing a send that an earlier version queued, the invoice stays issued.
"""

from typing import Any

_STATEMENTS = (
    "ALTER TABLE invoice ADD COLUMN reserved TEXT",
    "CREATE UNIQUE INDEX invoice_reserved ON invoice (reserved) WHERE reserved IS NOT NULL",
    "ALTER TABLE delivery ADD COLUMN gave_number INTEGER NOT NULL DEFAULT 0",
    "DROP TRIGGER number_stays",
    # An invoice keeps its number, or keeps it reserved as a draft again if nothing was ever handed to a sender.
    """CREATE TRIGGER number_stays BEFORE UPDATE OF number ON invoice
    WHEN old.number IS NOT NULL AND new.number IS NOT old.number AND NOT (
        new.number IS NULL AND new.reserved IS old.number
        AND NOT EXISTS (SELECT 1 FROM delivery WHERE invoice_id = old.id AND state != 'cancelled')
        AND NOT EXISTS (SELECT 1 FROM journal WHERE invoice_id = old.id AND kind = 'handed_over')
        AND NOT EXISTS (SELECT 1 FROM payment WHERE invoice_id = old.id))
    BEGIN SELECT raise(ABORT, 'a number is given once'); END""",
    # A reservation comes from the invoice's own number, and ends when the invoice gets that number again.
    """CREATE TRIGGER reserved_stays BEFORE UPDATE OF number, reserved ON invoice
    WHEN (new.reserved IS NOT NULL AND new.number IS NOT NULL)
        OR (new.reserved IS NOT NULL AND new.reserved IS NOT coalesce(old.reserved, old.number))
        OR (old.reserved IS NOT NULL AND new.reserved IS NULL AND new.number IS NOT old.reserved)
    BEGIN SELECT raise(ABORT, 'a reserved number stays with its invoice'); END""",
    """CREATE TRIGGER number_reserved BEFORE UPDATE OF number ON invoice
    WHEN new.number IS NOT NULL AND EXISTS (SELECT 1 FROM invoice WHERE reserved = new.number AND id != new.id)
    BEGIN SELECT raise(ABORT, 'this number is reserved for another invoice'); END""",
    "DROP TRIGGER message_kept",
    # A draft that keeps its number can be deleted with the messages that were never sent.
    """CREATE TRIGGER message_kept BEFORE DELETE ON message
    WHEN NOT EXISTS (SELECT 1 FROM delivery JOIN invoice ON invoice.id = delivery.invoice_id
        WHERE delivery.id = old.delivery_id AND delivery.state = 'cancelled' AND invoice.reserved IS NOT NULL)
    BEGIN SELECT raise(ABORT, 'a message is frozen'); END""",
)


def up(_migrator: Any, db: Any) -> None:
    for statement in _STATEMENTS:
        db.execute_sql(statement)
