"""The subject and the text of the email that brings a statement of account."""

from facturier.mail.document.formatting import long_day, priced
from facturier.mail.document.payment_code import pay_link_of_statement
from facturier.mail.document.texts.statement import period_text, statement_language
from facturier.mail.notices.templates import Templates
from facturier.models.books.invoice import Customer
from facturier.models.books.status import DeliveryKind
from facturier.models.receivables.statements import Statement
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_
from facturier.models.text.money import Money

STATEMENT = Templates(
    DeliveryKind.STATEMENT,
    N_("Statement of account from {company}, {date}"),
    N_(
        "Hello {contact},\n\nHere is your statement of account as of {date}. Your balance is **{balance}**. The "
        "statement is attached as a PDF.\n\nIf you have any questions, just reply to this email.\n\n"
        "Thank you for your business,\n{company}"
    ),
    {
        "customer": N_("the customer’s name"),
        "contact": N_("the contact’s name, or the customer’s name if there is none"),
        "balance": N_("the balance of the statement, with its currency"),
        "overdue": N_("the overdue amount, with its currency"),
        "date": N_("the date of the statement"),
        "period": N_("the period of the statement, empty for open items"),
        "company": N_("your company’s name"),
        "email": N_("your company’s email"),
        "telephone": N_("your company’s phone number"),
        "pay_link": N_("the link for online payment"),
    },
)


def statement_values(statement: Statement, customer: Customer, company: Company) -> dict[str, str]:
    """Return the value of each placeholder in the customer's language, each on one line."""
    language = statement_language(customer, company)

    def money(minor: int) -> str:
        return priced(Money(minor, statement.currency), language)

    values = {
        "customer": customer.name,
        "contact": customer.contact.strip() or customer.name,
        "balance": money(statement.closing),
        "overdue": money(statement.aging.overdue),
        "date": long_day(statement.day, language),
        "period": period_text(statement, language),
        "company": company.name,
        "email": company.email,
        "telephone": company.telephone,
        "pay_link": pay_link_of_statement(company, Money(statement.closing, statement.currency)),
    }
    return {name: clean(value) for name, value in values.items()}
