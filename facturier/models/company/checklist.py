"""The checklist of a new company. The books show which steps are done; only whether it is shown is stored."""

from enum import StrEnum

from facturier.models.books.status import InvoiceKind
from facturier.models.company.connection import get_connection
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.store.store import Store

_KEY = "checklist"
_invoices = tables.Invoice.select(tables.Invoice.id).where(tables.Invoice.kind == InvoiceKind.INVOICE)


class Step(StrEnum):
    """One step, in the recommended order."""

    DETAILS = "details"
    TAX_NUMBERS = "tax_numbers"
    LOGO = "logo"
    SENDER = "sender"
    CUSTOMER = "customer"
    INVOICE = "invoice"


def show_checklist(store: Store, *, shown: bool) -> None:
    """Show the checklist, for a new company, or dismiss it. Runs inside the caller's transaction."""
    write_setting(store, _KEY, "true" if shown else "false")


def is_shown(store: Store) -> bool:
    """Return whether this company shows its checklist. Companies created without one do not. Raises DamagedRow."""
    return read_setting(store, _KEY) == "true"


def steps_done(store: Store) -> dict[Step, bool]:
    """Return every step with whether it is done. Raises StoreError."""
    company = read_company(store)
    return {
        Step.DETAILS: bool(company.address.strip()),
        Step.TAX_NUMBERS: bool(company.tax_numbers.strip()),
        Step.LOGO: bool(company.logo),
        Step.SENDER: bool(company.sender_address) or get_connection(store) is not None,
        Step.CUSTOMER: store.first(tables.Customer.select(tables.Customer.id)) is not None,
        Step.INVOICE: store.value(_invoices.limit(1)) is not None,
    }
