"""Drafts that a program hands over as JSON: read strictly, never by the rules of a person's language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from facturier.models.books.customers import check_customer, customers_named, save_customer
from facturier.models.books.draft_rules import terms_and_due
from facturier.models.books.drafts import new_draft
from facturier.models.books.invoice import COPIED, ONE_LINE, Customer, Invoice
from facturier.models.errors import InputError
from facturier.models.settings.tax import Line, check_tax, line_amount
from facturier.models.store.store import Store
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.dates import FIRST, LAST, LONGEST
from facturier.models.text.decimals import parse_currency, read_decimal
from facturier.models.text.i18n import _

_CUSTOMER = (*COPIED, "currency")
_LINE = ("description", "item", "quantity", "rate", "tax")
_INVOICE = ("customer", "lines", "date", "due", "terms", "currency", *ONE_LINE, "message")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_draft(store: Store, fields: Mapping[str, Any], today: date) -> Invoice:
    """The draft that a JSON object describes, not saved yet; a customer whom nobody knows is kept, inside the caller's
    transaction. Raises InputError that names the field."""
    _only(fields, _INVOICE)
    customer = _customer(store, fields.get("customer"))
    draft = new_draft(store, today, customer)
    day = _day(fields, "date") or today
    terms, due = terms_and_due(day, draft.terms, _terms(fields.get("terms")), _day(fields, "due"))
    texts: dict[str, Any] = {name: _text(fields, name) for name in ONE_LINE}
    draft = replace(
        draft,
        date=day,
        terms=terms,
        due=due,
        currency=parse_currency(currency) if (currency := _text(fields, "currency")) else draft.currency,
        message=_text(fields, "message", lines=True) or draft.message,
        **texts,
    )
    lines = fields.get("lines")
    if not isinstance(lines, list) or not lines:
        raise InputError(_("“lines” must be a list with at least one line."))
    return replace(draft, lines=tuple(_numbered(line, draft, place) for place, line in enumerate(lines, 1)))


def _customer(store: Store, fields: object) -> Customer:
    if not isinstance(fields, dict):
        raise InputError(_("“customer” must be an object with a name."))
    _only(fields, _CUSTOMER)
    named: dict[str, Any] = {name: _text(fields, name, lines=name == "address") for name in _CUSTOMER if name in fields}
    customer = check_customer(replace(_known(store, named), **named))
    return customer if customer.id else save_customer(store, customer)


def _known(store: Store, named: Mapping[str, str]) -> Customer:
    """The customer of that name, a new one if there is none. Of several, the one with that email address: an invoice
    must not go to the other one. Raises InputError where that does not tell."""
    known = customers_named(store, named.get("name", ""))
    if len(known) > 1:
        email = clean(named.get("email", "")).casefold()
        known = [customer for customer in known if email and customer.email.casefold() == email] or known
    if len(known) > 1:
        raise InputError(
            _("{count} customers have the name “{name}”. Give the “email” of one of them.").format(
                count=len(known), name=known[0].name
            )
        )
    return known[0] if known else Customer()


def _numbered(fields: object, draft: Invoice, place: int) -> Line:
    try:
        return _line(fields, draft)
    except InputError as error:
        raise InputError(_("Line {number}: {problem}").format(number=place, problem=error)) from None


def _line(fields: object, draft: Invoice) -> Line:
    if not isinstance(fields, dict):
        raise InputError(_("A line must be an object."))
    _only(fields, _LINE)
    if "rate" not in fields:
        raise InputError(_("A line needs a “rate”."))
    texts = {name: _text(fields, name, lines=name == "description") for name in ("description", "item", "tax")}
    line = Line(**texts, quantity=_number(fields, "quantity", "1"), rate=_number(fields, "rate", ""))
    line_amount(line, draft.currency)
    return replace(line, tax=check_tax(line.tax, {rate.code: rate for rate in draft.rates}))


def _number(fields: Mapping[str, Any], name: str, otherwise: str) -> str:
    """Decimal text, as it was written. A whole number may be a JSON number; one with a point may not, because programs
    round it."""
    value = fields.get(name, otherwise)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise InputError(_('“{name}” must be text, such as "150.00".').format(name=name))
    try:
        read_decimal(value)
    except InputError as error:
        raise InputError(_("“{name}”: {problem}").format(name=name, problem=error)) from None
    return value


def _text(fields: Mapping[str, Any], name: str, *, lines: bool = False) -> str:
    value = fields.get(name, "")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise InputError(_("“{name}” must be text.").format(name=name))
    return clean_lines(value).strip() if lines else clean(value)


def _day(fields: Mapping[str, Any], name: str) -> date | None:
    text = _text(fields, name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else date.min
    except ValueError:
        day = date.min
    if not FIRST <= day <= LAST:
        raise InputError(_("“{name}” must be a date such as 2026-11-24.").format(name=name))
    return day


def _terms(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(_("“terms” must be a whole number of days."))
    if value > LONGEST:
        raise InputError(_("Terms can be at most {days} days.").format(days=LONGEST))
    return value


def _only(fields: Mapping[str, Any], known: Sequence[str]) -> None:
    if unknown := [name for name in fields if name not in known]:
        raise InputError(
            _("Unknown field “{name}”. Known fields: {known}.").format(
                name=clean(unknown[0])[:50], known=", ".join(known)
            )
        )
