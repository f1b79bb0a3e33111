-- The company file. Money is whole minor units; dates are ISO days; instants are ISO UTC with milliseconds, so that
-- text order is time order. What must never happen is refused here as well as in the code.

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    contact TEXT NOT NULL,
    email TEXT NOT NULL,
    cc TEXT NOT NULL,
    bcc TEXT NOT NULL,
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    terms INTEGER,
    tax TEXT NOT NULL,
    folded TEXT NOT NULL -- name, contact and email, folded for searching
) STRICT;
CREATE INDEX customer_folded ON customer (folded);

CREATE TABLE item (
    name TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    rate TEXT NOT NULL,
    tax TEXT NOT NULL,
    folded TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invoice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT UNIQUE,
    standing TEXT NOT NULL CHECK (standing IN ('draft', 'issued', 'void')),
    customer_id INTEGER REFERENCES customer (id),
    customer TEXT NOT NULL, -- the customer as it was when the invoice was saved
    contact TEXT NOT NULL,
    email TEXT NOT NULL,
    cc TEXT NOT NULL,
    bcc TEXT NOT NULL,
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    date TEXT NOT NULL,
    terms INTEGER NOT NULL,
    due TEXT NOT NULL,
    currency TEXT NOT NULL,
    reference TEXT NOT NULL,
    message TEXT NOT NULL,
    rates TEXT NOT NULL, -- JSON [[code, percent as decimal text], …]
    per_line INTEGER NOT NULL,
    total INTEGER NOT NULL,
    paid INTEGER NOT NULL DEFAULT 0,
    settled TEXT NOT NULL DEFAULT '', -- the day of the latest payment, kept by triggers
    balance INTEGER NOT NULL GENERATED ALWAYS AS (CASE standing WHEN 'void' THEN 0 ELSE total - paid END) STORED,
    delivery TEXT, -- the state of the latest delivery, kept by triggers
    reached INTEGER NOT NULL DEFAULT 0, -- how many deliveries were sent and have not come back, kept by triggers
    alerts INTEGER NOT NULL DEFAULT 0, -- open alerts, kept by triggers
    -- Where it stands on its way from a draft to paid: exactly one of these, whatever the day. What the customer has
    -- stays owed while it is sent again, and when that fails.
    stage TEXT NOT NULL GENERATED ALWAYS AS (CASE
        WHEN standing != 'issued' THEN standing
        WHEN reached > 0 THEN iif(total > paid, 'owed', 'paid')
        ELSE iif(total > paid, 'unsent', 'paid_unsent') END) STORED,
    counted TEXT NOT NULL GENERATED ALWAYS AS (CASE -- the day under which `tally` counts it
        WHEN stage = 'owed' THEN due WHEN stage IN ('paid', 'paid_unsent') THEN settled ELSE '' END) VIRTUAL,
    folded TEXT NOT NULL, -- number, customer, reference, lines and total, as `searchable` writes them
    sorted TEXT NOT NULL, -- the customer, folded, for sorting
    placed TEXT NOT NULL -- for sorting by number: shorter ones first, so that 999 comes before 1000; drafts before all
        GENERATED ALWAYS AS (coalesce(printf('%03d', length(number)) || number, '')) STORED,
    version INTEGER NOT NULL DEFAULT 1,
    created TEXT NOT NULL,
    changed TEXT NOT NULL,
    CHECK ((number IS NULL) = (standing = 'draft'))
) STRICT;
-- One index an order of the list; each filter of it is a few stages, merged. Whether something is overdue, or was paid
-- lately, depends on the day, so that `counted` stands in every one of them.
CREATE INDEX invoice_date ON invoice (stage, date, id, counted);
CREATE INDEX invoice_due ON invoice (stage, due, id, counted);
CREATE INDEX invoice_total ON invoice (stage, total, id, counted);
CREATE INDEX invoice_balance ON invoice (stage, balance, id, counted);
CREATE INDEX invoice_customer ON invoice (stage, sorted, id, counted);
CREATE INDEX invoice_placed ON invoice (stage, placed, id, counted);
CREATE INDEX invoice_counted ON invoice (stage, counted);
CREATE INDEX invoice_of_customer ON invoice (customer_id);
CREATE INDEX invoice_alerts ON invoice (alerts) WHERE alerts > 0;

-- Any three letters in a row, and the invoices that have them.
CREATE VIRTUAL TABLE found USING fts5 (folded, content = 'invoice', content_rowid = 'id', detail = 'none',
    tokenize = 'trigram case_sensitive 1');

CREATE TABLE tally ( -- how many invoices there are and what they come to, kept by triggers
    stage TEXT NOT NULL,
    currency TEXT NOT NULL,
    day TEXT NOT NULL, -- when it is due while it is owed, when it was paid afterwards
    invoices INTEGER NOT NULL,
    total INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    PRIMARY KEY (stage, currency, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE line (
    invoice_id INTEGER NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    item TEXT NOT NULL,
    description TEXT NOT NULL,
    quantity TEXT NOT NULL, -- decimal text; as typed where it is no number yet
    rate TEXT NOT NULL,
    tax TEXT NOT NULL,
    PRIMARY KEY (invoice_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment (
    id INTEGER PRIMARY KEY,
    invoice_id INTEGER NOT NULL REFERENCES invoice (id),
    date TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount != 0),
    method TEXT NOT NULL
) STRICT;
CREATE INDEX payment_invoice ON payment (invoice_id);
CREATE INDEX payment_date ON payment (date);

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    invoice_id INTEGER NOT NULL REFERENCES invoice (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'handing_over', 'sent', 'partly_sent', 'in_doubt',
                                         'failed', 'cancelled', 'bounced')),
    epoch INTEGER NOT NULL DEFAULT 0, -- goes up with every claim
    owner TEXT NOT NULL DEFAULT '',
    lease TEXT NOT NULL DEFAULT '',
    way TEXT NOT NULL CHECK (way IN ('gmail', 'default')),
    sender TEXT NOT NULL CHECK (sender != ''),
    recipients TEXT NOT NULL, -- JSON {"to": […], "cc": […], "bcc": […]}
    subject TEXT NOT NULL,
    not_before TEXT NOT NULL,
    session TEXT NOT NULL DEFAULT '',
    server_id TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    queued TEXT NOT NULL,
    changed TEXT NOT NULL
) STRICT;
-- An invoice has at most one delivery that is not finished.
CREATE UNIQUE INDEX delivery_open ON delivery (invoice_id)
    WHERE state IN ('queued', 'claimed', 'handing_over', 'in_doubt');
CREATE INDEX delivery_invoice ON delivery (invoice_id);
CREATE INDEX delivery_outbox ON delivery (not_before, id) WHERE state IN ('queued', 'claimed', 'handing_over');
CREATE INDEX delivery_queued ON delivery (way, sender, not_before, id) WHERE state = 'queued';
CREATE INDEX delivery_held ON delivery (id) WHERE state IN ('claimed', 'handing_over');
CREATE INDEX delivery_doubt ON delivery (id) WHERE state = 'in_doubt';
CREATE INDEX delivery_ended ON delivery (changed)
    WHERE state IN ('sent', 'partly_sent', 'failed', 'cancelled', 'bounced');
CREATE INDEX delivery_pace ON delivery (sender, changed) WHERE attempts > 0;

CREATE TABLE message ( -- frozen: what was, or is to be, handed over
    delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id),
    sha256 TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE composition ( -- what a person wrote in the preview and has not sent yet
    invoice_id INTEGER PRIMARY KEY REFERENCES invoice (id) ON DELETE CASCADE,
    way TEXT NOT NULL,
    recipients TEXT NOT NULL, -- JSON [[to as typed, the customer's then], the same for cc and bcc]
    subject TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE pause ( -- "not before", said by the server for everything from an address
    sender TEXT PRIMARY KEY,
    until TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    invoice_id INTEGER,
    at TEXT NOT NULL,
    user TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL -- JSON
) STRICT;
CREATE INDEX journal_invoice ON journal (invoice_id);

CREATE TABLE alert (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    invoice_id INTEGER REFERENCES invoice (id),
    delivery_id INTEGER REFERENCES delivery (id),
    detail TEXT NOT NULL, -- JSON
    raised TEXT NOT NULL,
    dealt TEXT,
    dealt_by TEXT
) STRICT;
CREATE UNIQUE INDEX alert_open ON alert (kind, coalesce(delivery_id, 0), coalesce(detail ->> 'address', ''))
    WHERE dealt IS NULL;
CREATE INDEX alert_invoice ON alert (invoice_id) WHERE dealt IS NULL;

CREATE TABLE connection (
    id INTEGER PRIMARY KEY CHECK (id = 1), -- at most one Gmail address a company
    address TEXT NOT NULL,
    client_id TEXT NOT NULL,
    connected TEXT NOT NULL,
    user TEXT NOT NULL,
    over TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE vault (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    blob BLOB NOT NULL,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE asking ( -- who wants to send; grants nothing
    recipient TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    asked TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE seal ( -- that a delivery was queued by someone who may send
    delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id),
    mark BLOB NOT NULL
) STRICT;

CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'the journal is only appended to'); END;
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the journal is only appended to'); END;
CREATE TRIGGER journal_grows BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE id = new.id)
    BEGIN SELECT raise(ABORT, 'the journal is only appended to'); END; -- REPLACE would ask no other trigger
CREATE TRIGGER message_stays BEFORE UPDATE ON message BEGIN SELECT raise(ABORT, 'a message is frozen'); END;
CREATE TRIGGER message_kept BEFORE DELETE ON message BEGIN SELECT raise(ABORT, 'a message is frozen'); END;
CREATE TRIGGER message_once BEFORE INSERT ON message
    WHEN EXISTS (SELECT 1 FROM message WHERE delivery_id = new.delivery_id)
    BEGIN SELECT raise(ABORT, 'a message is frozen'); END;
CREATE TRIGGER number_stays BEFORE UPDATE OF number ON invoice WHEN old.number IS NOT NULL AND new.number IS NOT old.number
    BEGIN SELECT raise(ABORT, 'a number is given once'); END;
CREATE TRIGGER issued_kept BEFORE DELETE ON invoice WHEN old.standing != 'draft'
    BEGIN SELECT raise(ABORT, 'an issued invoice is kept'); END;

CREATE TRIGGER delivery_queued AFTER INSERT ON delivery
    BEGIN UPDATE invoice SET delivery = new.state, reached = reached + (new.state IN ('sent', 'partly_sent'))
          WHERE id = new.invoice_id; END;
CREATE TRIGGER delivery_moved AFTER UPDATE OF state ON delivery
    BEGIN UPDATE invoice SET
          delivery = iif(new.id = (SELECT max(id) FROM delivery WHERE invoice_id = new.invoice_id), new.state, delivery),
          reached = reached + (new.state IN ('sent', 'partly_sent')) - (old.state IN ('sent', 'partly_sent'))
          WHERE id = new.invoice_id; END;
CREATE TRIGGER alert_raised AFTER INSERT ON alert WHEN new.invoice_id IS NOT NULL
    BEGIN UPDATE invoice SET alerts = alerts + 1 WHERE id = new.invoice_id; END;
CREATE TRIGGER alert_dealt AFTER UPDATE OF dealt ON alert
    WHEN new.invoice_id IS NOT NULL AND old.dealt IS NULL AND new.dealt IS NOT NULL
    BEGIN UPDATE invoice SET alerts = alerts - 1 WHERE id = new.invoice_id; END;
CREATE TRIGGER payment_added AFTER INSERT ON payment
    BEGIN UPDATE invoice SET paid = paid + new.amount, settled = max(settled, new.date) WHERE id = new.invoice_id; END;
CREATE TRIGGER payment_removed AFTER DELETE ON payment
    BEGIN UPDATE invoice SET paid = paid - old.amount, settled = coalesce(
        (SELECT max(date) FROM payment WHERE invoice_id = old.invoice_id), '') WHERE id = old.invoice_id; END;

CREATE TRIGGER found_added AFTER INSERT ON invoice
    BEGIN INSERT INTO found (rowid, folded) VALUES (new.id, new.folded); END;
CREATE TRIGGER found_changed AFTER UPDATE OF folded ON invoice WHEN old.folded != new.folded
    BEGIN INSERT INTO found (found, rowid, folded) VALUES ('delete', old.id, old.folded);
          INSERT INTO found (rowid, folded) VALUES (new.id, new.folded); END;
CREATE TRIGGER found_removed AFTER DELETE ON invoice
    BEGIN INSERT INTO found (found, rowid, folded) VALUES ('delete', old.id, old.folded); END;

CREATE TRIGGER tally_added AFTER INSERT ON invoice
    BEGIN INSERT INTO tally VALUES (new.stage, new.currency, new.counted, 1, new.total, new.balance)
          ON CONFLICT DO UPDATE SET invoices = invoices + 1, total = total + new.total, balance = balance + new.balance;
    END;
CREATE TRIGGER tally_changed AFTER UPDATE OF standing, due, currency, total, paid, settled, reached ON invoice
    WHEN (old.stage, old.currency, old.counted, old.total, old.paid)
      != (new.stage, new.currency, new.counted, new.total, new.paid)
    BEGIN INSERT INTO tally VALUES (new.stage, new.currency, new.counted, 1, new.total, new.balance)
          ON CONFLICT DO UPDATE SET invoices = invoices + 1, total = total + new.total, balance = balance + new.balance;
          UPDATE tally SET invoices = invoices - 1, total = total - old.total, balance = balance - old.balance
          WHERE stage = old.stage AND currency = old.currency AND day = old.counted;
          DELETE FROM tally
          WHERE stage = old.stage AND currency = old.currency AND day = old.counted AND invoices = 0;
    END;
CREATE TRIGGER tally_removed AFTER DELETE ON invoice
    BEGIN UPDATE tally SET invoices = invoices - 1, total = total - old.total, balance = balance - old.balance
          WHERE stage = old.stage AND currency = old.currency AND day = old.counted;
          DELETE FROM tally
          WHERE stage = old.stage AND currency = old.currency AND day = old.counted AND invoices = 0;
    END;
