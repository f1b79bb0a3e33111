"""Add a currency to customers: empty for the company's own, or else the currency of their latest invoice."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    # Plain SQL: Peewee's `add_column` rebuilds the table to make a column NOT NULL, and loses STRICT on the way.
    db.execute_sql("ALTER TABLE customer ADD COLUMN currency TEXT NOT NULL DEFAULT ''")
    db.execute_sql(
        "UPDATE customer SET currency = coalesce((SELECT currency FROM invoice"
        " WHERE customer_id = customer.id AND number IS NOT NULL ORDER BY id DESC LIMIT 1), '')"
    )
    db.execute_sql(
        "UPDATE customer SET currency = '' WHERE currency ="
        " coalesce((SELECT value ->> '$' FROM setting WHERE key = 'currency'), 'CAD')"
    )
