"""Add the category to the taxes of the reports, and let an index alone answer each report."""

from typing import Any

_STATEMENTS = (
    # Of VAT: EN 16931, BT-151. Empty for other taxes.
    "ALTER TABLE sale_tax ADD COLUMN category TEXT NOT NULL DEFAULT ''",
    "DROP INDEX sale_tax_date",
    "CREATE INDEX sale_tax_date ON sale_tax (currency, date, code, percent, category, base, tax)",
    # Quantities are decimal text, so they are grouped here and added up by the program.
    "DROP INDEX sale_item_item",
    "CREATE INDEX sale_item_item ON sale_item (currency, item, quantity, date, net)",
    "DROP INDEX invoice_open",
    "CREATE INDEX invoice_open ON invoice (currency, customer_id, due, balance, date, kind)"
    " WHERE standing = 'issued' AND balance != 0",
    "DROP INDEX payment_date",
    "CREATE INDEX payment_date ON payment (date, customer_payment_id, kind, method, account, amount, invoice_id)",
    "DROP INDEX customer_payment_date",
    "CREATE INDEX customer_payment_date ON customer_payment (date, currency, method, account, amount)",
)


def up(_migrator: Any, db: Any) -> None:
    for statement in _STATEMENTS:
        db.execute_sql(statement)
