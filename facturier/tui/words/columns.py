"""What the columns of exported files are called on the screen. In the files, they have English names for programs."""

from facturier.models.text.i18n import N_, _

_NAMES = {
    "account": N_("Account"),
    "address": N_("Address"),
    "amount": N_("Amount"),
    "archived": N_("Archived"),
    "balance": N_("Balance"),
    "bcc": N_("Bcc"),
    "business_number": N_("Business number"),
    "cc": N_("Cc"),
    "city": N_("City"),
    "contact": N_("Contact"),
    "country": N_("Country"),
    "currency": N_("Currency"),
    "customer": N_("Customer"),
    "date": N_("Date"),
    "delivery": N_("Delivery"),
    "description": N_("Description"),
    "description_fr": N_("Description (French)"),
    "discount": N_("Discount"),
    "due": N_("Due"),
    "email": N_("Email"),
    "exchange_rate": N_("Exchange rate"),
    "invoice": N_("Invoice"),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "method": N_("Method"),
    "name": N_("Name"),
    "notes": N_("Notes"),
    "number": N_("Number"),
    "other_rates": N_("Other rates"),
    "paid": N_("Amount paid"),
    "postcode": N_("Postal code"),
    "project": N_("Project"),
    "qst_number": N_("QST number"),
    "rate": N_("Rate"),
    "reference": N_("Reference"),
    "region": N_("Province or state"),
    "sent": N_("Sent on"),
    "ship_to": N_("Ship to"),
    "shipping": N_("Shipping"),
    "sku": N_("SKU"),
    "status": N_("Payment status"),
    "street": N_("Street"),
    "subtotal": N_("Subtotal"),
    "tax": N_("Tax"),
    "telephone": N_("Telephone"),
    "terms": N_("Terms"),
    "total": N_("Total"),
    "unit": N_("Unit"),
    "vat_id": N_("VAT ID"),
}


def column_words(name: str) -> tuple[str, str]:
    """Return a column's name for the reader, and its name in the file if that is different."""
    words = _(_NAMES[name]) if name in _NAMES else name
    return words, "" if words.casefold() == name else name
