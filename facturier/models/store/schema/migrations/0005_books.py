"""Add the remaining fields of customers, items and invoices, credit notes, and attachments."""

from typing import Any

_TEXT = "TEXT NOT NULL DEFAULT ''"
_FLAG = "INTEGER NOT NULL DEFAULT 0"
_ADDED = {
    "customer": {
        "telephone": _TEXT,
        "contacts": "TEXT NOT NULL DEFAULT '[]'",  # JSON [{"name": …, "email": …, "telephone": …, "copy": …}, …]
        "street": _TEXT,
        "city": _TEXT,
        "region": _TEXT,  # province or state
        "postcode": _TEXT,
        "country": _TEXT,  # ISO 3166-1, two letters
        "ship_to": _TEXT,  # as it is printed
        "business_number": _TEXT,  # Canada Revenue Agency
        "qst_number": _TEXT,  # Revenu Québec
        "vat_id": _TEXT,
        "notes": _TEXT,  # never printed
        "archived": _FLAG,
    },
    "item": {
        "sku": _TEXT,
        "description_fr": _TEXT,
        "unit": _TEXT,  # UN/ECE Recommendation 20, such as HUR
        "rates": "TEXT NOT NULL DEFAULT '{}'",  # JSON {currency: decimal text} besides the company's currency
        "archived": _FLAG,
    },
    "invoice": {
        "kind": "TEXT NOT NULL DEFAULT 'invoice' CHECK (kind IN ('invoice', 'credit_note', 'estimate'))",
        # The invoice that a credit note corrects, or the estimate or invoice that an invoice was made from.
        "source_id": "INTEGER REFERENCES invoice (id) ON DELETE SET NULL",
        "inclusive": _FLAG,  # the rates of the lines include the tax
        "discount": _TEXT,  # decimal text, or a percentage such as 10%
        "shipping": _TEXT,  # decimal text
        "shipping_tax": _TEXT,  # tax codes, as in a line
        "deposit": _TEXT,  # decimal text: received before the invoice
        "exchange_rate": _TEXT,  # decimal text: the company's currency for one of the invoice's
        "ship_to": _TEXT,
        "service_from": _TEXT,
        "service_to": _TEXT,
        "notes": _TEXT,  # never printed
        "custom": "TEXT NOT NULL DEFAULT '{}'",  # JSON {name of the field: text}
        "own_number": _TEXT,  # typed for this invoice alone
        "handed_over": _TEXT,  # how it reached the customer without email: paper, portal, other
    },
    "line": {
        "kind": "TEXT NOT NULL DEFAULT 'item' CHECK (kind IN ('item', 'heading', 'subtotal'))",
        "unit": _TEXT,
        "discount": _TEXT,
        "service_from": _TEXT,
        "service_to": _TEXT,
    },
    "payment": {
        "kind": "TEXT NOT NULL DEFAULT 'payment' CHECK (kind IN ('payment', 'deposit', 'credit', 'write_off'))",
        "reference": _TEXT,
        "account": _TEXT,  # where the money was deposited
        # A credit is two payments: one on the invoice and its opposite on the credit note. Each names the other one.
        "other_id": "INTEGER REFERENCES invoice (id)",
    },
}


def up(_migrator: Any, db: Any) -> None:
    # Plain SQL: Peewee's `add_column` rebuilds the table to make a column NOT NULL, and loses STRICT on the way.
    for table, columns in _ADDED.items():
        for name, declared in columns.items():
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {name} {declared}")
    db.execute_sql(
        "CREATE TABLE attachment ( -- files that are sent with the invoice\n"
        "    id INTEGER PRIMARY KEY,\n"
        "    invoice_id INTEGER NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,\n"
        "    name TEXT NOT NULL,\n"
        "    type TEXT NOT NULL, -- as in Content-Type\n"
        "    bytes BLOB NOT NULL\n"
        ") STRICT"
    )
    db.execute_sql("CREATE INDEX attachment_invoice ON attachment (invoice_id)")
    db.execute_sql("CREATE INDEX invoice_source ON invoice (source_id) WHERE source_id IS NOT NULL")
    db.execute_sql("CREATE INDEX payment_other ON payment (other_id) WHERE other_id IS NOT NULL")
