"""Generate company files of any size for the benchmarks in seconds, by inserting thousands of rows at a time.

Triggers and indexes are dropped during the insert, and restored afterwards with their derived tables rebuilt. The file
then equals one that the program would have made. It is generated once and kept.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from facturier.mail.practice.names import CUSTOMERS, ITEMS
from facturier.models.books.invoice import Customer
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.settings.series import Series
from facturier.models.settings.tax import TaxRate, write_rates
from facturier.models.store.opening import create_company
from facturier.models.store.store import Store
from facturier.models.text.search_text import fold, spread

FOLDER = Path(__file__).parent.parent.parent / ".bench"
_SCRIPTS = Path(__file__).parent.parent.parent / "facturier" / "models" / "store" / "schema" / "migrations"
_PHRASES = (
    "on site remote first phase second workshop review migration annual spring summer autumn winter urgent Montréal"
    " Québec Laval Gatineau travel materials licence hosting support training audit design print repair delivery"
)
_WORDS = _PHRASES.split()
_REBUILT = ("invoice_", "found_", "tally_", "payment_", "part_")  # triggers and indexes
_METHOD = "CASE id % 3 WHEN 0 THEN 'Cheque' WHEN 1 THEN 'Transfer' ELSE 'Card' END"
_EDITION = 3  # increment it when the generated rows change but the schema does not


def books(invoices: int) -> Path:
    """Return a company file with this many invoices. It is generated if it does not exist."""
    made_from = hashlib.sha256(
        b"".join(path.read_bytes() for path in sorted(_SCRIPTS.glob("[0-9]*"))) + bytes([_EDITION]) + bytes(FOLDER)
    ).hexdigest()[:12]
    path = FOLDER / f"books-{invoices}-{made_from}.facturier"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob(f"books-{invoices}-*"):
            old.unlink()
        try:  # generated under its final name, because a moved company file opens with a question
            _make(path, invoices)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def _make(path: Path, invoices: int) -> None:
    store = create_company(path)
    rates = (TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975")))
    sender = DefaultSender(kind="folder", address="hello@acme.example", folder=str(FOLDER / "mail"))
    with store.writing():
        save_company(
            store,
            Company(
                name="Acme Conseil inc.",
                email="hello@acme.example",
                rates=rates,
                sender=sender,
                series={"invoice": Series("{n}", {"": 1000 + invoices})},
            ),
        )
        customers = [save_customer(store, customer) for customer in _customers(max(invoices // 500, 40))]
    with store.writing():
        kept = store.rows("SELECT name, type, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql != ''")
        for name, kind, _sql in kept:
            if name.startswith(_REBUILT):
                store.write(f"DROP {kind} {name}")
        rows = _invoices(invoices, customers, json.dumps(write_rates(rates)), store.now())
        while some := list(islice(rows, 10_000)):
            store.write_many(
                "INSERT INTO invoice (id, number, standing, customer_id, customer, contact, email, cc, bcc, address,"
                " language, date, terms, due, currency, reference, message, rates, per_line, total, paid, settled,"
                " delivery, reached, folded, sorted, created, changed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?, 30, ?, 'CAD', ?, '', ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [invoice for invoice, _line in some],
            )
            store.write_many(
                "INSERT INTO line (invoice_id, position, item, description, quantity, rate, tax)"
                " VALUES (?, 0, ?, 'on site', ?, ?, 'GST+QST')",
                [line for _invoice, line in some],
            )
        _pay(store)
        store.write("INSERT INTO found (found) VALUES ('rebuild')")
        store.write(
            "INSERT INTO tally SELECT stage, currency, counted, count(*), sum(total), sum(balance) FROM invoice"
            " GROUP BY 1, 2, 3"
        )
        for name, _kind, sql in kept:
            if name.startswith(_REBUILT):
                store.write(sql)
    with store.reading():
        store.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _pay(store: Store) -> None:
    """Record what the invoices say was paid. A quarter of it came as payments of customers."""
    store.write(
        "INSERT INTO customer_payment"
        " (id, customer_id, date, currency, amount, allocated, method, reference, account, note, created)"
        f" SELECT id, customer_id, settled, currency, paid, paid, {_METHOD}, '', 'Chequing', '', created FROM invoice"
        " WHERE paid > 0 AND id % 4 = 0"
    )
    store.write(
        "INSERT INTO payment (invoice_id, date, amount, method, kind, reference, account, customer_payment_id)"
        f" SELECT id, settled, paid, {_METHOD}, 'payment', '', 'Chequing', iif(id % 4 = 0, id, NULL) FROM invoice"
        " WHERE paid > 0"
    )


def _customers(count: int) -> Iterator[Customer]:
    yield from CUSTOMERS
    for number in range(len(CUSTOMERS), count):
        like = CUSTOMERS[number % len(CUSTOMERS)]
        yield Customer(
            name=f"{like.name} {_WORDS[number % len(_WORDS)]} {number}",
            contact=like.contact,
            email=f"ap@c{number}.example",
        )


def _invoices(
    count: int, customers: list[Customer], rates: str, now: str
) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    """Yield the rows of each invoice and of its line."""
    chance = Random(1042)
    today = datetime.now().astimezone().date()
    days = 3650 if count > 10_000 else 365
    for position in range(count):
        customer = customers[int(len(customers) * chance.random() ** 2)]
        day = today - timedelta(days * (count - 1 - position) // count)
        due = day + timedelta(30)
        draft = count - position <= max(count // 10_000, 5)
        quantity, price = chance.choice((1, 2, 8)), int(chance.lognormvariate(10, 1))
        net = quantity * price
        total = net + (net * 5 + 50) // 100 + (net * 9975 + 50_000) // 100_000
        late = (today - due).days
        paid = 0 if draft or chance.random() < (0.95 if late < 0 else 0.3 if late < 60 else 0.01) else total
        settled = "" if not paid else min(due + timedelta(chance.randint(-20, 20)), today).isoformat()
        delivery = None if draft else "failed" if chance.random() < 0.0005 else "sent"
        number = None if draft else str(1000 + position)
        reference = f"PO {chance.randint(1000, 99999)}"
        item = chance.choice(ITEMS)
        words = " ".join(chance.choices(_WORDS, k=4))
        line = (position + 1, item.name, str(quantity), f"{price / 100:.2f}")
        invoice = (
            position + 1,
            number,
            "draft" if draft else "issued",
            customer.id,
            customer.name,
            customer.contact,
            customer.email,
            customer.address,
            customer.language,
            day.isoformat(),
            due.isoformat(),
            reference,
            rates,
            total,
            paid,
            settled,
            delivery,
            int(delivery == "sent"),
            spread((number or "", customer.name, reference, f"{total / 100:.2f}", item.name, item.description, words)),
            fold(customer.name),
            now,
            now,
        )
        yield invoice, line


if __name__ == "__main__":
    for size in sys.argv[1:]:
        print(books(int(size)))
