"""What became of an issued invoice: alerts, deliveries, payments and the journal, newest first, in words."""

from datetime import datetime

from rich.text import Text

from facturier.models.alerts import open_alerts
from facturier.models.clean import clean
from facturier.models.deliveries import deliveries_of
from facturier.models.delivery import Delivery, Way
from facturier.models.invoice import Invoice
from facturier.models.journal import read_journal
from facturier.models.language import _, spoken
from facturier.models.money import Money
from facturier.models.payments import payments_of
from facturier.models.status import State
from facturier.models.store import Store
from facturier.tui.alert_words import alert_reason, alert_title, alert_todo
from facturier.tui.dates import long_day, moment
from facturier.tui.journal_words import journal_words
from facturier.tui.widgets.status import DELIVERIES


def invoice_story(store: Store, invoice: Invoice, now: datetime) -> Text:
    """Reads and writes it all. `now` is for the seconds that are left to take a delivery back."""
    assert invoice.id is not None
    with store.reading():
        alerts = open_alerts(store, invoice.id)
        deliveries = deliveries_of(store, invoice.id)
        payments = payments_of(store, invoice.id)
        journal = read_journal(store, invoice.id)
    story = Text()
    for alert in alerts:
        story.append(f"⚠ {alert_title(alert)}\n", "bold yellow")
        story.append("".join(f"  {part}\n" for part in (alert_reason(alert), alert_todo(alert)) if part) + "\n")
    story.append(_("Deliveries") + "\n", "bold")
    for delivery in reversed(deliveries):
        story.append_text(_delivery(delivery, now))
    if not deliveries:
        story.append(_("Not sent yet.") + "\n")
    story.append("\n" + _("Payments") + "\n", "bold")
    for payment in reversed(payments):
        amount = Money(payment.amount, invoice.currency).text(spoken(), symbol=True)
        story.append(f"{long_day(payment.date)}  {amount}  {clean(payment.method)}".rstrip() + "\n")
    balance = invoice.balance.text(spoken(), symbol=True)
    story.append(_("Balance {balance}").format(balance=balance) + "\n")
    story.append("\n" + _("Journal") + "\n", "bold")
    for entry in reversed(journal):
        story.append(f"{moment(entry.at)} {clean(entry.user)}  ", "dim")
        story.append(journal_words(entry) + "\n")
    return story


def seconds_left(delivery: Delivery, now: datetime) -> int:
    """How long a queued delivery can surely still be taken back."""
    return max(int((delivery.not_before - now).total_seconds() + 0.999), 0) if delivery.state is State.QUEUED else 0


def _delivery(delivery: Delivery, now: datetime) -> Text:
    text = Text.assemble(DELIVERIES[delivery.state].text(), f"  {moment(delivery.changed)}\n")
    people = ", ".join(clean(address) for address in delivery.envelope.recipients)
    sender = clean(delivery.envelope.sender) + (" (Gmail)" if delivery.way is Way.GMAIL else "")
    text.append("  " + _("from {sender} to {people}").format(sender=sender, people=people) + "\n")
    left = seconds_left(delivery, now)
    if 0 < left <= 120:
        text.append("  " + _("leaves in {seconds} s; until then u takes it back").format(seconds=left) + "\n", "bold")
    elif left:
        text.append("  " + _("leaves {moment}").format(moment=moment(delivery.not_before)) + "\n")
    if delivery.problem:
        text.append(f"  {clean(delivery.problem)}\n", "red" if delivery.state is not State.QUEUED else "yellow")
    if delivery.server_id:
        text.append("  " + _("server’s id {id}").format(id=clean(delivery.server_id)) + "\n", "dim")
    return text
