"""The subject and the text of the email that brings a receipt."""

from collections.abc import Sequence

from facturier.mail.document.formatting import long_day, priced
from facturier.mail.document.texts.content import document_language
from facturier.mail.notices.templates import Templates
from facturier.models.books.invoice import Invoice
from facturier.models.books.status import DeliveryKind
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_
from facturier.models.text.money import Money

RECEIPT = Templates(
    DeliveryKind.RECEIPT,
    N_("Receipt for your payment of {amount}, {company}"),
    N_(
        "Hello {contact},\n\nThank you for your payment of **{amount}** on {date}. It was for: {number}. The "
        "balance is now {balance}. Your receipt is attached as a PDF.\n\nIf you have any questions, just reply to "
        "this email.\n\n{company}"
    ),
    {
        "customer": N_("the customer’s name"),
        "contact": N_("the contact’s name, or the customer’s name if there is none"),
        "number": N_("the numbers of the invoices that were paid"),
        "amount": N_("the amount of the payment, with its currency"),
        "date": N_("the date of the payment"),
        "method": N_("how it was paid"),
        "balance": N_("the balance of these invoices, with its currency"),
        "company": N_("your company’s name"),
        "email": N_("your company’s email"),
        "telephone": N_("your company’s phone number"),
    },
)


def receipt_values(payment: CustomerPayment, invoices: Sequence[Invoice], company: Company) -> dict[str, str]:
    """Return the value of each placeholder in the customer's language, each on one line."""
    customer, language = invoices[0].customer, document_language(invoices[0], company)
    balance = sum(one.balance.minor for one in invoices)
    values = {
        "customer": customer.name,
        "contact": customer.contact.strip() or customer.name,
        "number": ", ".join(one.known_number for one in invoices),
        "amount": priced(Money(payment.amount, payment.currency), language),
        "date": long_day(payment.date, language),
        "method": payment.method,
        "balance": priced(Money(balance, payment.currency), language),
        "company": company.name,
        "email": company.email,
        "telephone": company.telephone,
    }
    return {name: clean(value) for name, value in values.items()}
