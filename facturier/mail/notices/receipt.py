"""The receipt of a payment by email. It is sent once automatically, and again only when a person asks for it."""

from facturier.mail.document.document import pdf_of
from facturier.mail.document.texts.content import document_language
from facturier.mail.document.texts.receipt import receipt_content
from facturier.mail.errors import Refused
from facturier.mail.letter.filling import fill, fill_markdown
from facturier.mail.letter.letter import make_letter
from facturier.mail.letter.placeholders import check_template
from facturier.mail.message import pdf_name
from facturier.mail.notices.conversation import conversation, reply_headers
from facturier.mail.notices.notice import Notice, send_notice
from facturier.mail.notices.receipt_texts import RECEIPT, receipt_values
from facturier.mail.senders.choices import choices
from facturier.mail.senders.registry import sender_type
from facturier.mail.sending.checks.checks import check_recipients, check_sender_address
from facturier.mail.sending.prepare import envelope_of
from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import DeliveryKind
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.deliveries import deliveries_of, notices_of
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.outbox.notices import keys_used
from facturier.models.outbox.unwanted import RECEIPT_KEY
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.text.i18n import _, catalogue


def receipt_notice(ws: Workspace, payment: CustomerPayment, *, again: bool = False) -> Notice:
    """Return the receipt of a payment, filed under the first invoice that it paid. With `again`, it may be sent
    although a receipt was sent before. If it paid only that one, the receipt belongs to the invoice's conversation.

    Raises Refused if the payment paid no invoice, LetterError if a template is not valid, DocumentError as
    `make_document` does, and StoreError.
    """
    if payment.amount < 0 or not payment.parts:
        raise Refused(_("A receipt can only be sent for the payment of an invoice."), kept=_("Nothing was sent."))
    with ws.store.reading():
        company = ws.company()
        invoices = [get_invoice(ws.store, invoice_id) for invoice_id in payment.allocation]
        headers: tuple[tuple[str, str], ...] = ()
        if len(invoices) == 1:
            its = payment.parts[0].invoice_id
            headers = reply_headers(conversation(ws.store, deliveries_of(ws.store, its), notices_of(ws.store, its)))
        sender_kind = next((choice.sender_kind for choice in choices(ws)), SenderKind.DEFAULT)
        sender = sender_type(sender_kind, company).address(company, ws.connection())
        key = RECEIPT_KEY.format(id=payment.id)
        used = [one for one in keys_used(ws.store, key) if one == key or one.startswith(f"{key}:")]
    if again and used:
        key = f"{key}:{len(used) + 1}"
    customer, language = invoices[0].customer, document_language(invoices[0], company)
    values = receipt_values(payment, invoices, company)
    templates = RECEIPT.subject_for(company, language), RECEIPT.letter_for(company, language)
    for template in templates:
        check_template(template, RECEIPT.placeholders)
    body = fill_markdown(templates[1], values)
    composition = Composition(
        *(sender_kind, customer.email, customer.cc, company.bcc_with(customer.bcc)), fill(templates[0], values), body
    )
    findings = (
        *check_sender_address(sender),
        *check_recipients(composition.to, composition.cc, composition.bcc),
    )
    return Notice(
        kind=DeliveryKind.RECEIPT,
        key=key,
        invoice=invoices[0],
        company=company,
        sender_kind=sender_kind,
        envelope=envelope_of(sender, composition),
        subject=composition.subject,
        letter=make_letter(body, company.name, language, colour=company.colour),
        document=pdf_of(
            receipt_content(payment, invoices, company), company, payment.date, _("the PDF of the receipt")
        ),
        document_name=pdf_name(
            catalogue(language).gettext("Receipt"), company.name, payment.date.isoformat(), str(payment.id)
        ),
        stated=payment.amount,
        headers=headers,
        detail={"amount": values["amount"]},
        problems=tuple(finding.text for finding in findings if finding.level == "error"),
    )


def send_receipt(ws: Workspace, payment: CustomerPayment, *, again: bool = False) -> Delivery:
    """Put the receipt of a payment in the outbox. Raises as `receipt_notice` and `send_notice` do, such as AlreadySent
    if it was sent before and is not to be sent `again`."""
    return send_notice(ws, receipt_notice(ws, payment, again=again))
