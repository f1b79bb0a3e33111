"""The QR code for payment: a SEPA credit transfer, or the company's pay link."""

import io
import re
from functools import lru_cache
from urllib.parse import quote

from facturier.mail.errors import DocumentError
from facturier.models.books.invoice import Invoice
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.money import Money

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
# EPC069-12, version 2.1: from one cent to 999,999,999.99 euro, 70 characters for the name, 140 for the remittance
# information, 331 bytes in total.
_MOST_CENTS = 99_999_999_999
_NAME_LENGTH = 70
_TEXT_LENGTH = 140
_BYTES = 331


_LINK = re.compile(r"\{(\w*)\}")
_LINK_PARTS = ("number", "amount", "currency")


def check_iban(text: str) -> str:
    """Return an IBAN without spaces, after checking its check digits (ISO 13616: mod 97 is 1).

    Raises DocumentError if it is not valid.
    """
    iban = re.sub(r"\s", "", text).upper()
    if not _IBAN.fullmatch(iban) or int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 != 1:
        raise DocumentError(
            _("“{iban}” is not a valid IBAN.").format(iban=clean(text)),
            todo=_("Correct it, or clear the field."),
        )
    return iban


def payment_code(invoice: Invoice, company: Company, number: str) -> str:
    """Return the QR code as SVG text, or an empty text if nothing is due or no payment method is set.

    An IBAN gives a SEPA credit transfer (EPC069-12) if the invoice is in euro. Otherwise the code contains the pay
    link. Raises DocumentError if the IBAN or the link is not valid.
    """
    balance = invoice.balance
    if balance.minor <= 0 or invoice.is_estimate:
        return ""
    link = pay_link(company, number, balance)
    if company.iban and invoice.currency == "EUR" and balance.minor <= _MOST_CENTS:
        return _drawn(transfer_lines(invoice, company, number))
    return _drawn(check_pay_link(link)) if link else ""


def pay_link(company: Company, number: str, balance: Money) -> str:
    """Return the company's pay link with the number and the balance of an invoice where it has `{number}`, `{amount}`
    and `{currency}`."""
    values = {"number": number, "amount": balance.plain(), "currency": balance.currency}

    def value(found: re.Match[str]) -> str:
        return quote(clean(values[found[1]]), safe="") if found[1] in values else found[0]

    return _LINK.sub(value, clean(company.pay_link))


def pay_link_of_statement(company: Company, balance: Money) -> str:
    """Return the pay link for all that a customer owes, or nothing if it is the link of one invoice."""
    return "" if "{number}" in company.pay_link else pay_link(company, "", balance)


def check_typed_link(link: str) -> str:
    """Return the pay link. Raises DocumentError if it is not an https address, or has an unknown placeholder."""
    for found in _LINK.finditer(link):
        if found[1] not in _LINK_PARTS:
            raise DocumentError(
                _("Unknown placeholder {name}.").format(name=found[0]),
                todo=_("Available: {known}.").format(known=", ".join(f"{{{part}}}" for part in _LINK_PARTS)),
            )
    return check_pay_link(link)


def check_pay_link(link: str) -> str:
    """Return the pay link. Raises DocumentError if it is not an https address."""
    if not re.fullmatch(r"https://[!-~]{1,1000}", link):
        raise DocumentError(
            _("The pay link “{link}” is not an https address.").format(link=link),
            todo=_("Correct it, or clear the field."),
        )
    return link


def transfer_lines(invoice: Invoice, company: Company, number: str) -> str:
    """Return the lines of EPC069-12, version 002. If they exceed 331 bytes in UTF-8, the end of the reference is cut
    off.
    """
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        re.sub(r"\s", "", company.bic).upper(),
        clean(company.name)[:_NAME_LENGTH],
        check_iban(company.iban),
        f"EUR{invoice.balance.plain()}",
        "",
        "",
        "",
    ]
    remittance = clean(" ".join(part for part in (number, invoice.reference) if part))[:_TEXT_LENGTH]
    room = max(_BYTES - len("\n".join(lines).encode()), 0)
    return "\n".join(lines) + remittance.encode()[:room].decode(errors="ignore")


@lru_cache(16)  # most companies have one pay link, and choosing the code's mask is slow
def _drawn(content: str) -> str:
    import segno

    code = segno.make_qr(content, error="m", boost_error=False, encoding="utf-8")
    svg = io.BytesIO()
    # No border: the template adds the quiet zone, so that the code lines up with the text beside it.
    code.save(svg, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True)
    return svg.getvalue().decode()
