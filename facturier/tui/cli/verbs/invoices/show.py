"""facturier show: one invoice, whole."""

import argparse

from facturier.mail.sending.pdf import invoice_pdf, sent_or_waiting
from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import attachments_of
from facturier.models.books.invoice import COPIED, ONE_LINE, Invoice
from facturier.models.books.invoices import find_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.sent import when_sent
from facturier.models.books.status import State, delivery_word
from facturier.models.customers.figures import read_balance
from facturier.models.errors import FacturierError
from facturier.models.estimates.billing import progress_of
from facturier.models.outbox.deliveries import deliveries_of, message_of, notices_of
from facturier.models.outbox.reminder_keys import read_key
from facturier.models.settings.line import Line
from facturier.models.store.files import save_file
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.money import Money
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.invoices.attach import as_object as file_object
from facturier.tui.cli.verbs.sending.outbox import as_text
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.words.formatting import size_text
from facturier.tui.words.journal import journal_words


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))
    parser.add_argument("--pdf", metavar="FILE", help=_("write the PDF that was sent last, or that would be sent"))
    parser.add_argument("--eml", metavar="FILE", help=_("write the email that was sent last"))
    parser.add_argument("--force", action="store_true", help=_("replace an existing file"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    invoice = find_invoice(ws.store, options.ref)
    if options.pdf is not None:
        _write(ws, options.pdf, invoice_pdf(ws, invoice)[1], options.force)
    if options.eml is not None:
        _write(ws, options.eml, _message(ws, invoice), options.force)
    if options.json:
        shell.say_json(_as_object(ws, invoice))
    elif options.pdf is None and options.eml is None:
        from facturier.mail.document.plain_text import document_text

        shell.say(document_text(invoice, ws.company(), invoice.known_number))
        assert invoice.id is not None
        for file in attachments_of(ws.store, invoice.id):
            shell.say(_("Attached: {name}, {size}.").format(name=clean(file.name), size=size_text(file.size)))
        deliveries = (*deliveries_of(ws.store, invoice.id), *notices_of(ws.store, invoice.id))
        for delivery in deliveries:
            if delivery.state is State.QUEUED:
                shell.say(as_text(delivery, ws.clock()))
        for entry in read_journal(ws.store, invoice.id):
            said = journal_words(entry, invoice, deliveries)
            shell.say(f"{entry.at.astimezone():%Y-%m-%d %H:%M}  {clean(entry.user)}  {said}".rstrip())
    return DONE


def _message(ws: Workspace, invoice: Invoice) -> bytes:
    if (delivery := sent_or_waiting(ws, invoice)) is not None:
        return message_of(ws.store, delivery.id)
    raise FacturierError(
        _("Nothing has been sent for {ref} yet.").format(ref=invoice.ref), todo=_("Send it first: facturier send REF")
    )


def _write(ws: Workspace, name: str, content: bytes, force: bool) -> None:
    # one machine: a document must not be written over the company’s file.
    save_file(typed_path(name), content, force=force, company=ws.store.path, private=ws.locations.data)


# Fields of an invoice that are shown as they are.
_MORE = (
    *("inclusive", "discount", "shipping", "shipping_tax", "deposit", "exchange_rate", "ship_to", "notes", "custom"),
    *("own_number", "handed_over", "source_id"),
)


def _period(served: Invoice | Line) -> dict[str, str | None]:
    days = {"service_from": served.service_from, "service_to": served.service_to}
    return {name: day.isoformat() if day else None for name, day in days.items()}


def _estimated(ws: Workspace, estimate: Invoice) -> dict[str, object]:
    progress = progress_of(ws.store, estimate)
    return {
        "answer": str(estimate.answer) or None,
        "answered": estimate.answered.isoformat() if estimate.answered else None,
        "billed": progress.billed,
        "billed_text": Money(progress.billed, estimate.currency).plain(),
        "billed_percent": progress.percent,
        "invoices": [invoice.ref for invoice in progress.invoices],
    }


def _customer_owes(ws: Workspace, invoice: Invoice) -> int | None:
    """Return what the customer owes in the currency of the invoice, in minor units."""
    if invoice.customer.id is None:
        return None
    return read_balance(ws.store, invoice.customer.id, invoice.currency).owed


def _as_object(ws: Workspace, invoice: Invoice) -> dict[str, object]:
    assert invoice.id is not None
    totals = invoice.totals

    def text(minor: int | None) -> str | None:
        return None if minor is None else Money(minor, invoice.currency).plain()

    return {
        "id": invoice.id,
        "number": invoice.number,
        **({"reserved_number": invoice.reserved} if invoice.reserved else {}),
        "customer": {name: getattr(invoice.customer, name) for name in COPIED},
        "date": invoice.date.isoformat(),
        "due": invoice.due.isoformat(),
        "terms": invoice.terms,
        "terms_rule": invoice.terms_rule,
        "currency": invoice.currency,
        **{name: getattr(invoice, name) for name in ONE_LINE},
        "kind": str(invoice.kind),
        **({"source": invoice.source.number} if invoice.source else {}),
        **(_estimated(ws, invoice) if invoice.is_estimate else {}),
        "message": invoice.message,
        **{name: getattr(invoice, name) for name in _MORE},
        **_period(invoice),
        "lines": [
            {
                "kind": str(line.kind),
                "item": line.item,
                "description": line.description,
                "quantity": line.quantity,
                "unit": line.unit,
                "rate": line.rate,
                "discount": line.discount,
                "tax": line.tax,
                **_period(line),
                "amount_text": text(amount if section is None else section),
            }
            for line, amount, section in zip(invoice.lines, totals.amounts, totals.sections, strict=True)
        ],
        "attachments": [file_object(one) for one in attachments_of(ws.store, invoice.id)],
        "subtotal_text": text(totals.subtotal),
        "discount_text": text(totals.discount),
        "shipping_text": text(totals.shipping),
        "deposit_text": text(invoice.deposit_received),
        "taxes": [
            {"code": tax.code, "percent": str(tax.percent), "amount_text": text(tax.amount)} for tax in totals.taxes
        ],
        "total": totals.total,
        "total_text": text(totals.total),
        "paid_text": text(invoice.paid),
        "balance": invoice.balance.minor,
        "balance_text": invoice.balance.plain(),
        "customer_owes": _customer_owes(ws, invoice),
        "delivery": delivery_word(invoice.book_status, invoice.delivery, invoice.handed_over),
        "settlement": str(invoice.owed(ws.today()).settlement),
        "sent": sent.isoformat() if (sent := when_sent(ws.store, [invoice.id]).get(invoice.id)) else None,
        "deliveries": [
            {
                "id": delivery.id,
                "state": str(delivery.state),
                "from": delivery.envelope.sender,
                "to": list(delivery.envelope.to),
                "cc": list(delivery.envelope.cc),
                "bcc": list(delivery.envelope.bcc),
                "subject": delivery.subject,
                "queued": delivery.queued.isoformat(),
                "changed": delivery.changed.isoformat(),
                "not_before": delivery.not_before.isoformat(),
                "server_id": delivery.server_id,
                "problem": delivery.problem,
            }
            for delivery in deliveries_of(ws.store, invoice.id)
        ],
        "notices": [
            {
                "id": notice.id,
                "kind": str(notice.kind),
                "level_days": key.days if (key := read_key(notice.key)) is not None else None,
                "state": str(notice.state),
                "to": list(notice.envelope.to),
                "changed": notice.changed.isoformat(),
                "problem": notice.problem,
            }
            for notice in notices_of(ws.store, invoice.id)
        ],
        "journal": [
            {"at": entry.at.isoformat(), "user": entry.user, "kind": entry.kind, **entry.detail}
            for entry in read_journal(ws.store, invoice.id)
        ],
    }
