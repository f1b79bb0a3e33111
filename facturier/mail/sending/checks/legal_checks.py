"""What the law wants on an invoice that is not there: warnings before it is sent."""

import re

from facturier.mail.document.formatting import percent
from facturier.mail.document.texts.content import document_language
from facturier.mail.document.texts.taxes import names_a_vat_id, vat_categories
from facturier.mail.sending.checks.checks import Finding
from facturier.models.books.invoice import Invoice
from facturier.models.settings.company import Company
from facturier.models.settings.line import LineKind
from facturier.models.settings.tax import tax_name
from facturier.models.settings.tax_text import NEVER_IN_QUEBEC
from facturier.models.text.i18n import _, spoken
from facturier.models.text.postal import home_country

# Input Tax Credit Information (GST/HST) Regulations (SOR/91-45), s. 3, and Revenu Québec, "Preparing invoices": the
# totals, in cents, from which an invoice must show more.
_NUMBERS_FROM = 100_00
_BUYER_FROM = 500_00
# How each number can be recognized: by its form, or by the name of the tax before digits.
_NUMBERS = {
    "GST": re.compile(r"\d\s*RT\s*\d|\b(?:GST|HST|TPS|TVH)\b[^\n\d]*\d", re.IGNORECASE),
    "QST": re.compile(r"\d\s*TQ\s*\d|\b(?:QST|TVQ)\b[^\n\d]*\d", re.IGNORECASE),
}
_NUMBER_OF = {"GST": "GST", "HST": "GST", "TPS": "GST", "TVH": "GST", "QST": "QST", "TVQ": "QST"}
# Canada Post: the postal codes of Quebec begin with G, H or J.
_POSTAL_CODE = re.compile(r"\b([ABCEGHJ-NPRSTVXY])\d[A-Z] ?\d[A-Z]\d\b", re.IGNORECASE)
_QUEBEC = re.compile(r"\b(?:qu[ée]bec|qc)\b", re.IGNORECASE)


def legal_findings(invoice: Invoice, company: Company, *, first: bool, new_customer: bool) -> list[Finding]:
    """Return what the law wants to know and the invoice would not show.

    `first` is for the first invoice of the company, and `new_customer` for the first one of its customer: what depends
    on the company or the customer alone is said once.
    """
    texts = [*_for_the_tax_credit(invoice, company), *_forbidden_rates(invoice), *_untaxed(invoice, company)]
    # Directive 2006/112/EC, article 226(3): the VAT id of the supplier. Who is exempt may have none.
    if vat_categories(invoice) - {"E", "O"} and not re.search(r"(?:\d[ ./-]?){5}", company.tax_numbers):
        texts.append(
            _(
                "This invoice does not show your VAT ID, which the European Union requires. Add it to your company’s "
                "contact info."
            )
        )
    # Directive 2006/112/EC, article 226(4): the VAT id of a customer who is liable for the tax or in another state.
    if vat_categories(invoice) & {"AE", "K"} and not invoice.customer.vat_id and not names_a_vat_id(invoice):
        texts.append(
            _(
                "This invoice does not show your customer’s VAT ID, which the European Union requires for a reverse "
                "charge or a sale to another member state. Open the customer and enter the VAT ID."
            )
        )
    # Directive 2006/112/EC, article 230: VAT in the national currency, at an exchange rate of article 91.
    foreign = invoice.currency != company.currency and not invoice.exchange_rate
    if foreign and vat_categories(invoice) and any(tax.amount for tax in invoice.totals.taxes):
        text = _(
            "This invoice charges VAT in {currency} and does not show it in {home}, which the European Union requires. "
            "Enter the exchange rate in the details of the invoice."
        )
        texts.append(text.format(currency=invoice.currency, home=company.currency))
    # Directive 2006/112/EC, article 226(5): the full address of the supplier.
    if first and invoice.currency == "EUR" and not company.address:
        texts.append(
            _(
                "This invoice does not show your company’s address, which the European Union requires. Add it to your "
                "company’s contact info."
            )
        )
    # Charter of the French language (CQLR c. C-11), s. 57: invoices must be in French; another version may go with it.
    if new_customer and document_language(invoice, company) == "en" and in_quebec(invoice.customer.address):
        texts.append(
            _(
                "This customer is in Quebec, where invoices must be in French, and this one is in English. Set the "
                "customer’s language to French, or send a French version too."
            )
        )
    return [Finding("warning", "document", text) for text in texts]


def in_quebec(address: str) -> bool:
    """Whether an address is in Quebec: by its Canadian postal code, else by the name of the province."""
    codes = _POSTAL_CODE.findall(address)
    return codes[-1].upper() in "GHJ" if codes else _QUEBEC.search(address) is not None


def _for_the_tax_credit(invoice: Invoice, company: Company) -> list[str]:
    """Return what this customer lacks to claim the tax back."""
    charged = [tax.code for tax in invoice.totals.taxes if tax.amount]
    canadian = {code: _NUMBER_OF[word] for code in charged if (word := code.split()[0].upper()) in _NUMBER_OF}
    in_dollars = invoice.total if invoice.currency == "CAD" else None
    if company.currency == "CAD" and in_dollars is None:
        in_dollars = invoice.converted(invoice.total.minor, "CAD")
    total = abs(in_dollars.minor) if in_dollars is not None else 0
    if not canadian or total < _NUMBERS_FROM:
        return []
    texts = []
    missing = [code for code, number in canadian.items() if not _NUMBERS[number].search(company.tax_numbers)]
    if missing:
        text = _(
            "This invoice does not show your number for {taxes}. From CAD 100, customers need it to claim the tax "
            "back. Add it to your company’s contact info."
        )
        texts.append(text.format(taxes=", ".join(tax_name(code, spoken()) for code in missing)))
    if total >= _BUYER_FROM:
        if not invoice.customer.name.strip():
            texts.append(_("From CAD 500, customers need their name on the invoice to claim the tax back."))
        amounts = zip(invoice.lines, invoice.totals.amounts, strict=True)
        charged_lines = [line for line, amount in amounts if amount and line.kind is LineKind.ITEM]
        if not any(line.item.strip() or line.description.strip() for line in charged_lines):
            texts.append(_("From CAD 500, customers need a description of what you sold to claim the tax back."))
    return texts


def _forbidden_rates(invoice: Invoice) -> list[str]:
    rates = [tax.percent for tax in invoice.totals.taxes if tax.percent in NEVER_IN_QUEBEC]
    text = _("This invoice shows {rate}, which Quebec does not allow. Enter GST 5 and QST 9.975 as two tax rates.")
    return [text.format(rate=percent(rate, spoken())) for rate in rates]


def _untaxed(invoice: Invoice, company: Company) -> list[str]:
    """Return a warning if a company that collects taxes charges none to a customer in its own country.

    A tax at 0% was chosen on purpose. The country of an address is left out at home, so an invoice in the company's
    currency without one is for a customer at home.
    """
    if not company.rates or not company.tax_numbers.strip() or invoice.total.minor <= 0 or invoice.totals.taxes:
        return []
    home = home_country(company.address, company.currency)
    if invoice.currency != company.currency or home_country(invoice.customer.address, company.currency) != home:
        return []
    return [_("This invoice charges no tax, although your company collects taxes. Check the Tax column of the lines.")]
