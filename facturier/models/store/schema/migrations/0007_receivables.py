"""Add payments of customers, reminders and other notices, recurring invoices, estimates, and the figures of reports."""

from typing import Any

_TEXT = "TEXT NOT NULL DEFAULT ''"
_FLAG = "INTEGER NOT NULL DEFAULT 0"
_ADDED = {
    "customer": {
        "terms_rule": _TEXT,  # what terms have besides the days, such as "eom" (end of month) or "2/10" (discount)
        "chase_off": _FLAG,  # no reminders for this customer
    },
    "invoice": {
        "terms_rule": _TEXT,
        "chase_off": _FLAG,
        "silent_why": "TEXT NOT NULL DEFAULT '' CHECK (silent_why IN ('', 'promise', 'dispute'))",
        "silent_until": _TEXT,  # no reminder before this day; empty for a dispute without an end
        "answer": "TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'accepted', 'declined'))",  # to an estimate
        "answered": _TEXT,  # the day of the answer
    },
    "payment": {
        "customer_payment_id": "INTEGER REFERENCES customer_payment (id)",  # the payment that this is a part of
    },
    "delivery": {
        "kind": "TEXT NOT NULL DEFAULT 'invoice' CHECK (kind IN ('invoice', 'reminder', 'receipt', 'statement'))",
        "key": "TEXT",  # what may be sent only once, such as one level of reminders for an invoice
        "stated": "INTEGER",  # the amount that the message states: if it changes first, the message is not sent
    },
    "journal": {
        "customer_id": "INTEGER",  # not a reference, as `invoice_id`
    },
}

_TABLES = (
    # What a customer paid at once. Its parts are the payments of invoices, and the rest is the customer's credit.
    """CREATE TABLE customer_payment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER REFERENCES customer (id),
    date TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount != 0), -- negative for a refund
    allocated INTEGER NOT NULL DEFAULT 0, -- to invoices, kept by triggers
    method TEXT NOT NULL,
    reference TEXT NOT NULL,
    account TEXT NOT NULL, -- where the money was deposited
    note TEXT NOT NULL,
    key TEXT UNIQUE, -- given by a script, so that a repeated call books nothing twice
    created TEXT NOT NULL,
    CHECK (allocated BETWEEN min(0, amount) AND max(0, amount))
) STRICT""",
    "CREATE INDEX customer_payment_customer ON customer_payment (customer_id)",
    "CREATE INDEX customer_payment_date ON customer_payment (date, currency)",
    "CREATE INDEX customer_payment_open ON customer_payment (customer_id, currency) WHERE allocated != amount",
    # The template is an invoice of kind `recurring`. `next` is the first period that is not done, empty after the last.
    """CREATE TABLE schedule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    invoice_id INTEGER NOT NULL UNIQUE REFERENCES invoice (id) ON DELETE CASCADE,
    every INTEGER NOT NULL CHECK (every > 0),
    unit TEXT NOT NULL CHECK (unit IN ('day', 'week', 'month', 'year')),
    first TEXT NOT NULL, -- the day of the first period, from which all later ones are counted
    until TEXT NOT NULL, -- the last possible day, or empty
    most INTEGER, -- the number of periods, or NULL
    action TEXT NOT NULL CHECK (action IN ('draft', 'send')),
    prices TEXT NOT NULL CHECK (prices IN ('fixed', 'current')),
    paused INTEGER NOT NULL DEFAULT 0,
    next TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT""",
    "CREATE INDEX schedule_next ON schedule (next) WHERE paused = 0 AND next != ''",
    # A period that was invoiced, or skipped: then without an invoice.
    """CREATE TABLE schedule_run (
    schedule_id INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
    period TEXT NOT NULL, -- its day
    invoice_id INTEGER REFERENCES invoice (id) ON DELETE SET NULL,
    skipped INTEGER NOT NULL DEFAULT 0,
    at TEXT NOT NULL,
    PRIMARY KEY (schedule_id, period)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX schedule_run_invoice ON schedule_run (invoice_id) WHERE invoice_id IS NOT NULL",
    # The figures of an issued invoice or credit note for the reports, before tax unless they are a tax. The program
    # computes them from the lines later: until then, the invoice is in `unreported`.
    """CREATE TABLE sale (
    invoice_id INTEGER PRIMARY KEY REFERENCES invoice (id) ON DELETE CASCADE,
    customer_id INTEGER,
    date TEXT NOT NULL,
    currency TEXT NOT NULL,
    net INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    total INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE sale_item (
    invoice_id INTEGER NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    item TEXT NOT NULL, -- empty for lines without an item and for shipping
    date TEXT NOT NULL,
    currency TEXT NOT NULL,
    quantity TEXT NOT NULL, -- decimal text
    net INTEGER NOT NULL,
    PRIMARY KEY (invoice_id, item)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sale_tax (
    invoice_id INTEGER NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    percent TEXT NOT NULL, -- decimal text
    date TEXT NOT NULL,
    currency TEXT NOT NULL,
    base INTEGER NOT NULL, -- what is taxed
    tax INTEGER NOT NULL,
    PRIMARY KEY (invoice_id, code, percent)
) STRICT, WITHOUT ROWID""",
    "CREATE TABLE unreported (\n    invoice_id INTEGER PRIMARY KEY REFERENCES invoice (id) ON DELETE CASCADE\n) STRICT",
    "CREATE INDEX sale_date ON sale (currency, date, customer_id, net, tax, total)",
    "CREATE INDEX sale_customer ON sale (currency, customer_id, date, net, tax, total)",
    "CREATE INDEX sale_item_item ON sale_item (currency, item, date, net)",
    "CREATE INDEX sale_tax_date ON sale_tax (currency, date, code, percent, base, tax)",
)

_INDEXES = (
    "DROP INDEX delivery_open",
    # An invoice has at most one unfinished delivery of each kind.
    "CREATE UNIQUE INDEX delivery_open ON delivery (invoice_id, kind)"
    " WHERE state IN ('queued', 'claimed', 'handing_over', 'in_doubt')",
    # After an undo, the same thing may be sent. After a refusal a person may send it with a key of its own: the server
    # may still report that it accepted the first one.
    "CREATE UNIQUE INDEX delivery_key ON delivery (key) WHERE key IS NOT NULL AND state != 'cancelled'",
    "CREATE INDEX journal_customer ON journal (customer_id) WHERE customer_id IS NOT NULL",
    "CREATE INDEX payment_part ON payment (customer_payment_id) WHERE customer_payment_id IS NOT NULL",
    "CREATE INDEX invoice_open ON invoice (currency, customer_id, due, balance)"
    " WHERE standing = 'issued' AND balance != 0",
)

_TRIGGERS = (
    # Only the deliveries of the invoice itself decide whether the customer has it.
    "DROP TRIGGER delivery_queued",
    """CREATE TRIGGER delivery_queued AFTER INSERT ON delivery WHEN new.kind = 'invoice'
    BEGIN UPDATE invoice SET delivery = new.state, reached = reached + (new.state IN ('sent', 'partly_sent'))
          WHERE id = new.invoice_id; END""",
    "DROP TRIGGER delivery_moved",
    """CREATE TRIGGER delivery_moved AFTER UPDATE OF state ON delivery WHEN new.kind = 'invoice'
    BEGIN UPDATE invoice SET
          delivery = CASE WHEN new.id = (
              SELECT max(id) FROM delivery WHERE invoice_id = new.invoice_id AND kind = 'invoice')
              THEN new.state ELSE delivery END,
          reached = reached + (new.state IN ('sent', 'partly_sent')) - (old.state IN ('sent', 'partly_sent'))
          WHERE id = new.invoice_id; END""",
    """CREATE TRIGGER delivery_kind_stays BEFORE UPDATE OF kind, key, stated ON delivery
    WHEN new.kind != old.kind OR new.key IS NOT old.key OR new.stated IS NOT old.stated
    BEGIN SELECT raise(ABORT, 'a delivery keeps its kind'); END""",
    """CREATE TRIGGER part_added AFTER INSERT ON payment WHEN new.customer_payment_id IS NOT NULL
    BEGIN UPDATE customer_payment SET allocated = allocated + new.amount WHERE id = new.customer_payment_id; END""",
    """CREATE TRIGGER part_removed AFTER DELETE ON payment WHEN old.customer_payment_id IS NOT NULL
    BEGIN UPDATE customer_payment SET allocated = allocated - old.amount WHERE id = old.customer_payment_id; END""",
    """CREATE TRIGGER payment_stays BEFORE UPDATE OF invoice_id, amount, date, customer_payment_id ON payment
    WHEN (new.invoice_id, new.amount, new.date) != (old.invoice_id, old.amount, old.date)
        OR new.customer_payment_id IS NOT old.customer_payment_id
    BEGIN SELECT raise(ABORT, 'a payment is replaced, not changed'); END""",
    """CREATE TRIGGER sale_new AFTER INSERT ON invoice
    WHEN new.standing = 'issued' AND new.kind IN ('invoice', 'credit_note')
    BEGIN INSERT INTO unreported VALUES (new.id); END""",
    """CREATE TRIGGER sale_issued AFTER UPDATE OF standing ON invoice
    WHEN new.standing = 'issued' AND old.standing != 'issued' AND new.kind IN ('invoice', 'credit_note')
    BEGIN INSERT INTO unreported VALUES (new.id) ON CONFLICT DO NOTHING; END""",
    """CREATE TRIGGER sale_over AFTER UPDATE OF standing ON invoice
    WHEN old.standing = 'issued' AND new.standing != 'issued'
    BEGIN DELETE FROM unreported WHERE invoice_id = new.id;
          DELETE FROM sale WHERE invoice_id = new.id;
          DELETE FROM sale_item WHERE invoice_id = new.id;
          DELETE FROM sale_tax WHERE invoice_id = new.id; END""",
    """CREATE TRIGGER sale_merged AFTER UPDATE OF customer_id ON invoice
    WHEN new.standing = 'issued' AND new.customer_id IS NOT old.customer_id
    BEGIN UPDATE sale SET customer_id = new.customer_id WHERE invoice_id = new.id; END""",
)

# An estimate and a template are in no stage of an invoice. No file has any yet.
_STAGE = "AS (CASE\n        WHEN standing"
_OWN_STAGE = "AS (CASE\n        WHEN kind IN ('estimate', 'recurring') THEN kind\n        WHEN standing"
_KINDS = "kind IN ('invoice', 'credit_note', 'estimate')"
_MORE_KINDS = "kind IN ('invoice', 'credit_note', 'estimate', 'recurring')"


def up(_migrator: Any, db: Any) -> None:
    for table, columns in _ADDED.items():
        for name, declared in columns.items():
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {name} {declared}")
    for statement in (*_TABLES, *_INDEXES, *_TRIGGERS):
        db.execute_sql(statement)
    db.execute_sql(
        "INSERT INTO unreported SELECT id FROM invoice WHERE standing = 'issued' AND kind IN ('invoice', 'credit_note')"
    )
    _more_kinds(db)


def _more_kinds(db: Any) -> None:
    """Allow one kind more, and give two kinds a stage of their own.

    Neither changes a stored row, so the text of the table's definition is changed, as the documentation of SQLite
    describes for constraints (ALTER TABLE, section 8). To build the table again would take minutes for a million rows.
    """
    (found,) = db.execute_sql("SELECT sql FROM sqlite_schema WHERE name = 'invoice' AND type = 'table'").fetchone()
    changed = found.replace(_STAGE, _OWN_STAGE).replace(_KINDS, _MORE_KINDS)
    assert _OWN_STAGE in changed
    assert _MORE_KINDS in changed
    db.execute_sql("PRAGMA writable_schema = ON").fetchall()
    db.execute_sql("UPDATE sqlite_schema SET sql = ? WHERE name = 'invoice' AND type = 'table'", (changed,))
    (version,) = db.execute_sql("PRAGMA schema_version").fetchone()
    db.execute_sql(f"PRAGMA schema_version = {version + 1}").fetchall()
    db.execute_sql("PRAGMA writable_schema = RESET").fetchall()
