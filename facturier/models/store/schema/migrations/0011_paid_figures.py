"""Add the figures of the cash basis, and an index that finds gaps in the numbers."""

from typing import Any

_STATEMENTS = (
    # What was paid of a document on a day, in proportion: the sale without taxes, and each tax. `previous` is the last
    # day before on which a part of the document was paid, or empty: with it, a document counts once in a period.
    """CREATE TABLE paid_sale (
    invoice_id INTEGER NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    previous TEXT NOT NULL,
    currency TEXT NOT NULL,
    net INTEGER NOT NULL,
    PRIMARY KEY (invoice_id, date)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE paid_tax (
    invoice_id INTEGER NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    code TEXT NOT NULL,
    percent TEXT NOT NULL, -- decimal text
    category TEXT NOT NULL,
    previous TEXT NOT NULL,
    currency TEXT NOT NULL,
    base INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    PRIMARY KEY (invoice_id, date, code, percent)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX paid_sale_date ON paid_sale (currency, date, net)",
    "CREATE INDEX paid_tax_date ON paid_tax (currency, date, code, percent, category, previous, base, tax)",
    # A payment changes the figures of its document.
    """CREATE TRIGGER sale_paid AFTER INSERT ON payment
    WHEN EXISTS (SELECT 1 FROM invoice WHERE id = new.invoice_id AND standing = 'issued'
        AND kind IN ('invoice', 'credit_note'))
    BEGIN INSERT INTO unreported VALUES (new.invoice_id) ON CONFLICT DO NOTHING; END""",
    """CREATE TRIGGER sale_unpaid AFTER DELETE ON payment
    WHEN EXISTS (SELECT 1 FROM invoice WHERE id = old.invoice_id AND standing = 'issued'
        AND kind IN ('invoice', 'credit_note'))
    BEGIN INSERT INTO unreported VALUES (old.invoice_id) ON CONFLICT DO NOTHING; END""",
    "DROP TRIGGER sale_over",
    """CREATE TRIGGER sale_over AFTER UPDATE OF standing ON invoice
    WHEN old.standing = 'issued' AND new.standing != 'issued'
    BEGIN DELETE FROM unreported WHERE invoice_id = new.id;
          DELETE FROM sale WHERE invoice_id = new.id;
          DELETE FROM sale_item WHERE invoice_id = new.id;
          DELETE FROM sale_tax WHERE invoice_id = new.id;
          DELETE FROM paid_sale WHERE invoice_id = new.id;
          DELETE FROM paid_tax WHERE invoice_id = new.id; END""",
    # Whose figures are complete already gets those of its payments.
    "INSERT INTO unreported SELECT DISTINCT p.invoice_id FROM payment p JOIN sale s ON s.invoice_id = p.invoice_id"
    " WHERE true ON CONFLICT DO NOTHING",
    "INSERT INTO unreported SELECT invoice_id FROM sale WHERE total = 0 ON CONFLICT DO NOTHING",
    # The digits at the end of each number by what is before them, and whether it was typed for the document alone.
    """CREATE INDEX invoice_number ON invoice (kind, number = own_number, rtrim(number, '0123456789'),
    length(number) - length(rtrim(number, '0123456789')),
    CAST(substr(number, length(rtrim(number, '0123456789')) + 1) AS INTEGER)) WHERE number IS NOT NULL""",
)


def up(_migrator: Any, db: Any) -> None:
    for statement in _STATEMENTS:
        db.execute_sql(statement)
