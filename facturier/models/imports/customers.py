"""What an import of customers would do with each row."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from facturier.models.books.contacts import Contact, Copy
from facturier.models.books.customers import (
    all_customers,
    check_sizes,
    contacts_of,
    one_name,
    with_copied,
)
from facturier.models.books.invoice import Customer
from facturier.models.errors import InputError
from facturier.models.imports.customer_values import Values, customer_values
from facturier.models.imports.plan import Planned, Status
from facturier.models.imports.row import Row
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import check_tax
from facturier.models.store.store import Store
from facturier.models.text.dates.terms import Terms, terms_text
from facturier.models.text.i18n import _
from facturier.models.text.search_text import fold

PlannedCustomer = Planned[Customer]
_POSTAL = {"street", "city", "region", "postcode", "country"}
# Not copied from the row as they are: see `_merged`.
_APART = ("name", "contact", "email", "currency")


def read_customers(rows: Iterable[Row]) -> tuple[Values, ...]:
    """Check the texts of every row. This takes longer than the plan, and needs no company file."""
    return tuple(map(customer_values, rows))


def plan_customers(store: Store, found: Sequence[Values]) -> list[PlannedCustomer]:
    """Return what would become of each row, in the order of the file. Nothing is written.

    A row changes the customer of its name only in what the row says. Further rows of the same name are further contacts
    of the first one.
    """
    with store.reading():
        return _Planner(store).plan(found)


class _Planner:
    """Compares rows with the customers that there are, which are read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        company = read_company(store)
        self._currency = company.currency
        self._rates = {rate.code: rate for rate in company.rates}
        self._named: dict[str, list[Customer]] = {}
        self._addressed: dict[str, Customer] = {}
        for customer in all_customers(store):
            self._named.setdefault(fold(one_name(customer.name)), []).append(customer)
            for address in _addresses(customer):
                self._addressed.setdefault(address, customer)

    def plan(self, found: Sequence[Values]) -> list[PlannedCustomer]:
        first: dict[str, Values] = {}
        people: dict[int, list[Contact]] = {}  # further contacts, by the line of the first row
        lines: dict[str, Values] = {}  # the first row with an address
        planned: dict[int, PlannedCustomer] = {}
        rows: list[Values] = []
        for values in found:
            if values.faults:
                planned[values.line] = _planned(values, Status.FAULTY, *values.faults)
                continue
            earlier = first.setdefault(fold(values.name), values)
            if earlier is not values:
                planned[values.line] = self._duplicate(values, earlier, people.setdefault(earlier.line, []))
                continue
            rows.append(values)
        for values in rows:
            other = lines.setdefault(values.email.casefold(), values) if values.email else values
            planned[values.line] = self._compared(values, people.get(values.line, []), other)
        return [planned[values.line] for values in found]

    def _duplicate(self, values: Values, earlier: Values, people: list[Contact]) -> PlannedCustomer:
        """Add the person of a row to the customer of an earlier row."""
        known = set().union(*map(_split, (earlier.email, *earlier.more, *(one.email for one in people))))
        fresh = [address for address in (values.email, *values.more) if not _split(address) <= known]
        if not fresh:
            return _planned(values, Status.DUPLICATE, _("Same customer as in line {line}.").format(line=earlier.line))
        person, telephone = str(values.fields.get("contact", "")), str(values.fields.get("telephone", ""))
        people += [Contact(person, address, telephone, Copy.NONE) for address in fresh]
        reason = _("Same customer as in line {line}: the address becomes a further contact.").format(line=earlier.line)
        return _planned(values, Status.DUPLICATE, reason)

    def _compared(self, values: Values, people: list[Contact], other: Values) -> PlannedCustomer:
        reasons = []
        before, doubt = self._match(values)
        if doubt:
            reasons.append(doubt)
        elif other is not values:
            reasons.append(_("Line {line} has the same email address.").format(line=other.line))
        if before is None and doubt and fold(values.name) in self._named:
            return _planned(values, Status.DOUBTFUL, *reasons)  # nobody can know which one
        try:
            after = self._merged(before, values, people)
            check_sizes(after)
        except InputError as error:
            return _planned(values, Status.FAULTY, str(error))
        if before is None:
            status, changes = Status.NEW, {}
        else:
            after = before if after == before else with_copied(self._store, after)
            changes = _changes(before, after)
            status = Status.CHANGED if changes else Status.UNCHANGED
        if reasons and status is not Status.UNCHANGED:
            status = Status.DOUBTFUL
        return Planned(values.line, status, values.name, values.email, after, changes, tuple(reasons))

    def _match(self, values: Values) -> tuple[Customer | None, str]:
        """Return the customer that a row is about, and why that is doubtful."""
        same = self._named.get(fold(values.name), [])
        wanted = _split(values.email)
        if not same:
            owner = next((self._addressed[address] for address in wanted if address in self._addressed), None)
            if owner is None:
                return None, ""
            return None, _("“{name}” has this email address.").format(name=owner.name)
        matching = [customer for customer in same if wanted and wanted <= _addresses(customer)]
        if len(same) > 1 and len(matching) != 1:
            return None, _("{count} customers have the name “{name}”.").format(count=len(same), name=same[0].name)
        customer = matching[0] if matching else same[0]
        if wanted and not matching and customer.email:
            return customer, _("“{name}” has the email address {address}.").format(
                name=customer.name, address=customer.email
            )
        return customer, ""

    def _merged(self, before: Customer | None, values: Values, people: list[Contact]) -> Customer:
        """Return a customer with what a row says. Raises InputError for an unknown tax."""
        after = before or Customer(name=values.name)
        said = {name: value for name, value in values.fields.items() if name not in _APART}
        currency = values.fields.get("currency")
        if currency:
            said["currency"] = "" if currency == self._currency else currency
        if tax := said.get("tax"):
            said["tax"] = self._tax(tax)
        after = replace(after, **said)
        contacts = list(after.contacts)
        person, email = str(values.fields.get("contact", "")), values.email
        if _split(email) <= _addresses(after):
            email = ""
        if contacts:
            at = next((at for at, one in enumerate(contacts) if one.copy is Copy.TO), 0)
            name = contacts[at].name or ("" if person in {one.name for one in contacts} else person)
            contacts[at] = replace(contacts[at], name=name, email=email or contacts[at].email)
        else:
            after = replace(after, contact=person or after.contact, email=email or after.email)
        after = replace(after, contacts=tuple(contacts))
        more = [Contact(email=address, copy=Copy.NONE) for address in values.more]
        fresh = [one for one in (*more, *people) if not _split(one.email) <= _addresses(after)]
        if fresh:
            after = replace(after, contacts=(*contacts_of(after), *fresh))
        return after

    def _tax(self, text: str) -> str:
        try:
            return check_tax(text, self._rates)
        except InputError as error:
            raise InputError(_("{field}: {problem}").format(field=_("Tax"), problem=error)) from None


def _planned(values: Values, status: Status, *reasons: str) -> PlannedCustomer:
    return Planned(values.line, status, values.name, values.email, reasons=reasons)


def _addresses(customer: Customer) -> set[str]:
    """Return every address of a customer and of its contacts, in small letters."""
    texts = [contact.email for contact in customer.contacts] or [customer.email, customer.cc, customer.bcc]
    return set().union(*map(_split, texts))


def _split(addresses: str) -> set[str]:
    return {address.strip().casefold() for address in addresses.split(",") if address.strip()}


def _terms_of(customer: Customer) -> str:
    return "" if customer.terms is None else terms_text(Terms(customer.terms, customer.terms_rule))


def _changes(before: Customer, after: Customer) -> dict[str, tuple[str, str]]:
    pairs = {field.name: (getattr(before, field.name), getattr(after, field.name)) for field in fields(Customer)}
    changed = {name: (_shown(old), _shown(new)) for name, (old, new) in pairs.items() if old != new}
    if "terms_rule" in changed:  # what a person knows as terms
        del changed["terms_rule"]
        changed["terms"] = (_terms_of(before), _terms_of(after))
    if changed.keys() & _POSTAL:
        changed.pop("address", None)  # it is made of its parts
    return changed


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(contact.email or contact.name for contact in value)
    return "" if value is None else str(value)
