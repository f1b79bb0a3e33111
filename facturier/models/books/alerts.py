"""Alerts: what a person must deal with. They stand until someone does, or until their cause is gone."""

import json
from typing import TYPE_CHECKING, Any

from facturier.models.books.alert_kind import AlertKind as AlertKind
from facturier.models.books.journal import write_journal
from facturier.models.books.sent import SENT_BESIDE
from facturier.models.store.damaged_rows import each, instant_of, texts
from facturier.models.store.store import Store

if TYPE_CHECKING:
    from facturier.models.books.invoice import Alert


# What asks for sending it again: over once a later delivery of the same invoice is accepted, or the invoice is void.
SENT_AGAIN = (AlertKind.FAILED, AlertKind.PARTLY_SENT, AlertKind.BOUNCED, AlertKind.STOPPED)


def raise_alert(
    store: Store, kind: AlertKind, *, invoice_id: int | None = None, delivery_id: int | None = None, **detail: str
) -> None:
    """Raise an alert inside the transaction of its cause; once, however often the cause is met."""
    store.write(
        "INSERT INTO alert (kind, invoice_id, delivery_id, detail, raised) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        kind,
        invoice_id,
        delivery_id,
        json.dumps(detail, ensure_ascii=False),
        store.now(),
    )


def add_to_alert(store: Store, kind: AlertKind, invoice_id: int, delivery_id: int, detail: dict[str, str]) -> None:
    """The cause of an alert has grown: add each detail to what the open alert says, or raise a new one; inside the
    transaction that found it."""
    separators = {"recipients": ", "}
    row = store.row(
        "SELECT id, detail FROM alert WHERE kind = ? AND delivery_id = ? AND dealt IS NULL", kind, delivery_id
    )
    if row is None:
        raise_alert(store, kind, invoice_id=invoice_id, delivery_id=delivery_id, **detail)
        return
    said = next(iter(each(store, "alert", [row], lambda found: texts(found[1]))), {})
    grown = {
        name: separators.get(name, "; ").join(filter(None, (said.get(name, ""), text))) for name, text in detail.items()
    }
    store.write("UPDATE alert SET detail = ? WHERE id = ?", json.dumps(said | grown, ensure_ascii=False), row[0])


def open_alerts(store: Store, invoice_id: int | None = None) -> "list[Alert]":
    """Alerts that nobody has dealt with, oldest first: all, or those of one invoice."""
    from facturier.models.books.invoice import Alert

    where = "" if invoice_id is None else "AND alert.invoice_id = ?"
    found = store.rows(
        f"SELECT alert.id, kind, raised, alert.invoice_id, number, delivery_id, detail, {SENT_BESIDE}"
        f" FROM alert LEFT JOIN invoice ON invoice.id = alert.invoice_id WHERE dealt IS NULL {where} ORDER BY alert.id",
        *(() if invoice_id is None else (invoice_id,)),
    )

    def made(row: tuple[Any, ...]) -> Alert:
        id_, kind, raised, invoice, number, delivery, detail, sent = row
        when = instant_of(sent) if sent else None
        return Alert(id_, AlertKind(kind), instant_of(raised), invoice, number, delivery, texts(detail), when)

    return each(store, "alert", found, made)


def count_alerts(store: Store) -> int:
    found = store.row("SELECT count(*) FROM alert WHERE dealt IS NULL")
    return int(found[0]) if found else 0


def close_alert(store: Store, alert_id: int) -> str | None:
    """A person dismisses an alert, inside the caller's transaction; the history says who. Returns the address that it
    was about if its sender had been refused, so that somebody ends the pause. Nothing happens the second time."""
    row = store.row("SELECT kind, invoice_id, detail ->> 'address' FROM alert WHERE id = ? AND dealt IS NULL", alert_id)
    if row is None:
        return None
    store.write("UPDATE alert SET dealt = ?, dealt_by = ? WHERE id = ?", store.now(), store.user, alert_id)
    write_journal(store, "alert_dealt", row[1], alert=row[0])
    return row[2] if row[0] == AlertKind.TURNED_AWAY else None


def settle_alerts(store: Store, kind: AlertKind, *, delivery_id: int | None = None) -> None:
    """The cause is gone: take the alert down, inside the transaction that removed it."""
    store.write(
        "UPDATE alert SET dealt = ?, dealt_by = ? WHERE kind = ? AND delivery_id IS ? AND dealt IS NULL",
        store.now(),
        store.user,
        kind,
        delivery_id,
    )


def stopped_only(store: Store, delivery_id: int) -> None:
    """Whether it left is not known, whatever the alert about it says so far; inside the transaction that stopped it."""
    store.write(
        "UPDATE alert SET kind = ? WHERE delivery_id = ? AND kind = ? AND dealt IS NULL",
        AlertKind.STOPPED,
        delivery_id,
        AlertKind.FAILED,
    )


def settle_voided(store: Store, invoice_id: int) -> None:
    """A void invoice is not sent again, so nothing asks for that any more; inside the transaction that voids it."""
    store.write(
        "UPDATE alert SET dealt = ?, dealt_by = ? WHERE invoice_id = ? AND kind IN (?, ?, ?, ?) AND dealt IS NULL",
        store.now(),
        store.user,
        invoice_id,
        *SENT_AGAIN,
    )


def settle_earlier(store: Store, invoice_id: int, delivery_id: int) -> None:
    """A delivery was accepted, which deals with what earlier ones of its invoice met with; the journal says so. Inside
    the transaction of the acceptance."""
    found = store.rows(
        "SELECT id, kind FROM alert WHERE invoice_id = ? AND delivery_id < ? AND kind IN (?, ?, ?, ?)"
        " AND dealt IS NULL",
        invoice_id,
        delivery_id,
        *SENT_AGAIN,
    )
    for alert_id, kind in found:
        store.write("UPDATE alert SET dealt = ?, dealt_by = ? WHERE id = ?", store.now(), store.user, alert_id)
        write_journal(store, "alert_settled", invoice_id, alert=kind, delivery=str(delivery_id))
