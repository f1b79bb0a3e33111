"""What became of an issued invoice: alerts, deliveries, payments and the journal, newest first, in words."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from facturier.mail.senders.registry import from_words
from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoice import Invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.payments import payments_of
from facturier.models.books.status import BookStatus, State
from facturier.models.company.user import full_name
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.pauses import paused_by
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.money import Money
from facturier.tui.formatting import long_day, moment, seconds_left, with_currency
from facturier.tui.theme import BOLD, ERROR, WARNING
from facturier.tui.widgets.status import DELIVERIES
from facturier.tui.words.alerts import alert_reason, alert_title, alert_todo
from facturier.tui.words.journal import journal_words

_COUNTED = 120  # seconds that are counted down; a later time is written as a time


def invoice_story(store: Store, invoice: Invoice, now: datetime) -> RenderableType:
    """Reads and writes it all. `now` is for the seconds that are left to take a delivery back."""
    assert invoice.id is not None
    with store.reading():
        alerts = open_alerts(store, invoice.id)
        deliveries = deliveries_of(store, invoice.id)
        payments = payments_of(store, invoice.id)
        journal = read_journal(store, invoice.id)
        paused = paused_by(store) is not None
    story: list[RenderableType] = []
    for alert in alerts:
        parts = [part for part in (alert_reason(alert), alert_todo(alert)) if part]
        story += [Text(f"⚠ {alert_title(alert)}", WARNING + BOLD), _under("\n".join(parts)), Text("")]
    story.append(Text(_("Deliveries"), "bold"))
    for delivery in reversed(deliveries):
        story += [_state(delivery), _under(delivery_course(delivery, now, paused=paused))]
    if not deliveries:
        story.append(Text(_("Not sent yet.")))
    if invoice.book_status is BookStatus.ISSUED and invoice.delivery in (None, State.CANCELLED, State.FAILED):
        words = _(
            "This invoice has a number, so it cannot be changed. Press k to void it and open a "
            "draft with the same lines."
        )
        story.append(Text(words, "dim"))
    story += [Text(""), Text(_("Payments"), "bold")]
    for payment in reversed(payments):
        amount = with_currency(Money(payment.amount, invoice.currency))
        story.append(Text(f"{long_day(payment.date)}  {amount}  {clean(payment.method)}".rstrip()))
    if payments and invoice.book_status is BookStatus.ISSUED:
        story.append(Text(_("Press x to remove a payment that was recorded by mistake."), "dim"))
    story.append(Text(_("Balance {balance}").format(balance=with_currency(invoice.balance))))
    story += [Text(""), Text(_("History"), "bold")]
    for entry in reversed(journal):
        story += [Text(f"{moment(entry.at)}  {full_name(entry.user)}", "dim"), _under(journal_words(entry))]
    return Group(*story)


def _state(delivery: Delivery) -> Text:
    return Text.assemble(DELIVERIES[delivery.state].text(), f"  {moment(delivery.changed)}")


def delivery_course(delivery: Delivery, now: datetime, *, paused: bool) -> Text:
    """From whom to whom, when it leaves, what stopped it, and what proves that it left. `paused`: the outbox is."""
    people = ", ".join(clean(address) for address in delivery.envelope.recipients)
    sender = clean(from_words(delivery))
    lines = [Text(_("from {sender} to {people}").format(sender=sender, people=people))]
    left = seconds_left(delivery, now)
    if paused and delivery.state is State.QUEUED:
        lines.append(Text(_("waiting: the outbox is paused"), WARNING + BOLD))
    elif left and delivery.attempts:
        words = ngettext(
            "tried once, not sent; next try {moment}",
            "tried {count} times, not sent; next try {moment}",
            delivery.attempts,
        )
        again = words.format(count=delivery.attempts, moment=moment(delivery.not_before))
        lines.append(Text(again, WARNING + BOLD))
    elif 0 < left <= _COUNTED:
        lines.append(Text(_("will be sent in {seconds} s; press u to undo").format(seconds=left), "bold"))
    elif left:
        lines.append(Text(_("scheduled {moment}").format(moment=moment(delivery.not_before))))
    if delivery.problem:
        lines.append(Text(clean(delivery.problem), WARNING if delivery.state is State.QUEUED else ERROR))
    if delivery.server_id:
        lines.append(Text(_("server ID {id}").format(id=clean(delivery.server_id)), "dim"))
    return Text("\n").join(lines)


def _under(text: str | Text) -> Padding:
    return Padding(text if isinstance(text, Text) else Text(text), (0, 0, 0, 2))
