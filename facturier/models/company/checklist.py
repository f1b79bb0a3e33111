"""What a new company still needs. The books say what is done; only whether the checklist is shown is stored."""

from enum import StrEnum

from facturier.models.company.connection import get_connection
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.store.store import Store

_KEY = "checklist"


class Step(StrEnum):
    """One thing to do, in the order in which it is best done."""

    DETAILS = "details"
    TAX_NUMBERS = "tax_numbers"
    LOGO = "logo"
    SENDER = "sender"
    CUSTOMER = "customer"
    INVOICE = "invoice"


def show_checklist(store: Store, *, shown: bool) -> None:
    """A new company shows it; a person dismisses it. Inside the caller's transaction."""
    write_setting(store, _KEY, "true" if shown else "false")


def is_shown(store: Store) -> bool:
    """Whether this company shows its checklist. Companies that were created without one do not. Raises DamagedRow."""
    return read_setting(store, _KEY) == "true"


def steps_done(store: Store) -> dict[Step, bool]:
    """Every step, and whether the books have it. Raises StoreError."""
    company = read_company(store)
    return {
        Step.DETAILS: bool(company.address.strip()),
        Step.TAX_NUMBERS: bool(company.tax_numbers.strip()),
        Step.LOGO: bool(company.logo),
        Step.SENDER: bool(company.sender_address) or get_connection(store) is not None,
        Step.CUSTOMER: store.first(tables.Customer.select(tables.Customer.id)) is not None,
        Step.INVOICE: store.first(tables.Invoice.select(tables.Invoice.id)) is not None,
    }
