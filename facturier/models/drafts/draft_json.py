"""Drafts that a program hands over as JSON: read strictly, never by the rules of a person's language."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from facturier.models.books.contacts import Contact, Copy
from facturier.models.books.customers import add_customer, check_customer, customers_named, with_copied
from facturier.models.books.invoice import COPIED, ONE_LINE, Customer, Invoice
from facturier.models.books.status import InvoiceKind
from facturier.models.drafts.draft_rules import terms_and_due
from facturier.models.drafts.drafts import new_draft
from facturier.models.errors import InputError
from facturier.models.settings.line import Line, LineKind, check_deposit, check_discount, line_amount
from facturier.models.settings.series import check_start
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import check_tax, rates_on
from facturier.models.settings.units import unit_code
from facturier.models.store.store import Store
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.dates.dates import FIRST, LAST, LONGEST
from facturier.models.text.dates.terms import Terms, check_rule
from facturier.models.text.decimals import parse_currency, read_decimal
from facturier.models.text.i18n import _
from facturier.models.text.money import read_amount

_POSTAL = ("street", "city", "region", "postcode", "country")
_CUSTOMER_LINES = ("address", "street", "ship_to", "notes")
_CUSTOMER = (
    *(*COPIED, "currency", "telephone", "contacts", *_POSTAL, "ship_to", "business_number", "qst_number"),
    *("notes", "tax", "terms", "terms_rule"),
)
_CONTACT = ("name", "email", "telephone", "copy")
_LINE = ("kind", "description", "item", "quantity", "unit", "rate", "discount", "tax", "service_from", "service_to")
_TERMS = (
    *("inclusive", "discount", "shipping", "shipping_tax", "deposit", "exchange_rate"),
    *("service_from", "service_to"),
)
_TEXTS = ("message", "ship_to", "notes", "custom", "own_number")
_INVOICE = (
    *("kind", "customer", "lines", "date", "due", "terms", "terms_rule", "currency", *ONE_LINE, *_TEXTS, *_TERMS),
)
_KINDS = (InvoiceKind.INVOICE, InvoiceKind.ESTIMATE)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_draft(store: Store, fields: Mapping[str, Any], today: date) -> Invoice:
    """The draft that a JSON object describes, not saved yet; a customer whom nobody knows is kept, inside the caller's
    transaction. Raises InputError that names the field."""
    _only(fields, _INVOICE)
    customer = _customer(store, fields.get("customer"))
    draft = new_draft(store, today, customer, _kind(fields))
    day = _day(fields, "date") or today
    terms, due = terms_and_due(day, draft.payment_terms, _payment_terms(fields), _day(fields, "due"))
    texts: dict[str, Any] = {name: _text(fields, name) for name in ONE_LINE}
    draft = replace(
        draft,
        date=day,
        terms=terms.days,
        terms_rule=terms.rule,
        due=due,
        currency=parse_currency(currency) if (currency := _text(fields, "currency")) else draft.currency,
        message=_text(fields, "message", lines=True) or draft.message,
        ship_to=_text(fields, "ship_to", lines=True) if "ship_to" in fields else draft.ship_to,
        notes=_text(fields, "notes", lines=True),
        custom=_custom(fields.get("custom", {})),
        own_number=check_start(_text(fields, "own_number")),
        **texts,
    )
    draft = replace(draft, rates=rates_on(read_company(store).rates, day), **_terms_of(fields, draft))
    lines = fields.get("lines")
    if not isinstance(lines, list) or not lines:
        raise InputError(_("“lines” must be a list with at least one line."))
    return replace(draft, lines=tuple(_numbered(line, draft, place) for place, line in enumerate(lines, 1)))


def _kind(fields: Mapping[str, Any]) -> InvoiceKind:
    kind = _text(fields, "kind") or InvoiceKind.INVOICE
    if kind not in _KINDS:
        raise InputError(
            _("Unknown kind of draft “{kind}”. Known kinds: {known}.").format(kind=kind[:50], known=", ".join(_KINDS))
        )
    return InvoiceKind(kind)


def _terms_of(fields: Mapping[str, Any], draft: Invoice) -> dict[str, Any]:
    inclusive = fields.get("inclusive", draft.inclusive)
    if not isinstance(inclusive, bool):
        raise InputError(_("“{name}” must be true or false.").format(name="inclusive"))
    return {
        "inclusive": inclusive,
        "discount": _share(fields, "discount", check_discount, draft.currency),
        "deposit": _share(fields, "deposit", check_deposit, draft.currency),
        "shipping": _exact(fields, "shipping", draft.currency),
        "exchange_rate": _rate(fields),
        "shipping_tax": check_tax(_text(fields, "shipping_tax"), {rate.code: rate for rate in draft.rates}),
        **_period(fields),
    }


def _custom(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InputError(_("“{name}” must be an object of texts.").format(name="custom"))
    return {clean(name): _text(value, name) for name in value}


def _customer(store: Store, fields: object) -> Customer:
    if not isinstance(fields, dict):
        raise InputError(_("“customer” must be an object with a name."))
    _only(fields, _CUSTOMER)
    named: dict[str, Any] = {
        name: _text(fields, name, lines=name in _CUSTOMER_LINES)
        for name in _CUSTOMER
        if name in fields and name not in ("contacts", "terms", "terms_rule")
    }
    named |= {name: _addresses(fields, name) for name in ("email", "cc", "bcc") if name in fields}
    if "tax" in named:
        named["tax"] = check_tax(named["tax"], {rate.code: rate for rate in read_company(store).rates})
    if "terms" in fields:
        named["terms"] = _terms(fields["terms"])
    if "terms_rule" in fields:
        named["terms_rule"] = check_rule(_text(fields, "terms_rule"))
    if "contacts" in fields:
        named["contacts"] = _contacts(fields["contacts"])
    customer = check_customer(replace(_known(store, named), **named))
    if customer.id is None:
        return add_customer(store, customer)
    # What is derived is derived again where its parts are named. What is said for this draft only is not kept.
    derived = with_copied(store, customer)
    if "contacts" in named:
        customer = replace(customer, **{name: getattr(derived, name) for name in ("contact", "email", "cc", "bcc")})
    return replace(customer, address=derived.address) if named.keys() & set(_POSTAL) else customer


def _contacts(value: object) -> tuple[Contact, ...]:
    if not isinstance(value, list) or not all(isinstance(contact, dict) for contact in value):
        raise InputError(_("“contacts” must be a list of objects."))
    return tuple(_contact(contact) for contact in value)


def _contact(fields: Mapping[str, Any]) -> Contact:
    _only(fields, _CONTACT)
    copy = _text(fields, "copy") or Copy.TO
    if copy not in list(Copy):
        raise InputError(
            _("Unknown “copy” of a contact: “{copy}”. Known: {known}.").format(copy=copy, known=", ".join(Copy))
        )
    return Contact(_text(fields, "name"), _addresses(fields, "email"), _text(fields, "telephone"), Copy(copy))


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
    kind = _text(fields, "kind") or "item"
    if kind not in list(LineKind):
        raise InputError(
            _("Unknown kind of line “{kind}”. Known kinds: {known}.").format(kind=kind, known=", ".join(LineKind))
        )
    texts = {name: _text(fields, name, lines=name == "description") for name in ("description", "item", "tax")}
    if kind != LineKind.ITEM:
        return Line(kind=LineKind(kind), item=texts["item"], description=texts["description"])
    if "rate" not in fields:
        raise InputError(_("A line needs a “rate”."))
    line = Line(
        item=texts["item"],
        description=texts["description"],
        quantity=_number(fields, "quantity", "1"),
        rate=_number(fields, "rate", ""),
        tax=check_tax(texts["tax"], {rate.code: rate for rate in draft.rates}),
        unit=unit_code(_text(fields, "unit")),
        discount=_share(fields, "discount", check_discount, draft.currency),
        **_period(fields),
    )
    line_amount(line, draft.currency)
    return line


def _share(fields: Mapping[str, Any], name: str, check: Callable[[str, str], None], currency: str) -> str:
    """Return decimal text, with `%` for a percentage."""
    text = _text(fields, name)
    if text:
        number = text.removesuffix("%")
        try:
            read_decimal(number)
            check(text, currency)
        except InputError as error:
            raise InputError(_("“{name}”: {problem}").format(name=name, problem=error)) from None
    return text


def _rate(fields: Mapping[str, Any]) -> str:
    text = _number(fields, "exchange_rate", "")
    if text and read_decimal(text) <= 0:
        raise InputError(_("“{name}” must be greater than zero.").format(name="exchange_rate"))
    return text


def _exact(fields: Mapping[str, Any], name: str, currency: str) -> str:
    """Return decimal text with at most as many decimals as the currency has."""
    text = _number(fields, name, "")
    if text:
        try:
            read_amount(text, currency)
        except InputError as error:
            raise InputError(_("“{name}”: {problem}").format(name=name, problem=error)) from None
    return text


def _period(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first and the last day of a service; one day alone is both."""
    first, last = _day(fields, "service_from"), _day(fields, "service_to")
    if first and last and last < first:
        raise InputError(_("The service period ends before it begins."))
    return {"service_from": first or last, "service_to": last or first}


def _number(fields: Mapping[str, Any], name: str, otherwise: str) -> str:
    """Decimal text, as it was written. A whole number may be a JSON number; one with a point may not, because programs
    round it."""
    value = fields.get(name, otherwise)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise InputError(_('“{name}” must be text, such as "150.00".').format(name=name))
    if name not in fields and not otherwise:
        return ""
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


def _addresses(fields: Mapping[str, Any], name: str) -> str:
    """Return addresses in one line. In JSON, one may be on each line."""
    lines = (line.strip(" ,;") for line in _text(fields, name, lines=True).split("\n"))
    return ", ".join(filter(None, lines))


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


def _payment_terms(fields: Mapping[str, Any]) -> Terms | None:
    """The terms that are given, or None. `terms_rule` is as in `Terms`."""
    days, rule = _terms(fields.get("terms")), check_rule(_text(fields, "terms_rule"))
    return None if days is None and not rule else Terms(days or 0, rule)


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
        if clean(unknown[0]) in known:
            words = _("The field “{name}” has an invisible character in its name.")
            raise InputError(words.format(name=clean(unknown[0])))
        raise InputError(
            _("Unknown field “{name}”. Known fields: {known}.").format(
                name=clean(unknown[0])[:50], known=", ".join(known)
            )
        )
