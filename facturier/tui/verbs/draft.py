"""facturier draft: drafts from JSON."""

import argparse
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from facturier.models.clean import clean, clean_lines
from facturier.models.currency import parse_currency
from facturier.models.customers import customer_named, save_customer
from facturier.models.days import FIRST, LAST
from facturier.models.drafts import new_draft, save_draft
from facturier.models.errors import InputError
from facturier.models.invoice import Customer, Invoice
from facturier.models.language import LANGUAGES, _
from facturier.models.paths import typed_path
from facturier.models.store import Store
from facturier.models.tax import Line, check_tax, line_amount
from facturier.tui.verbs.shell import DONE, Shell

_CUSTOMER = ("name", "contact", "email", "cc", "bcc", "address", "language")
_LINE = ("description", "item", "quantity", "rate", "tax")
_INVOICE = ("customer", "lines", "date", "due", "terms", "currency", "reference", "message")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.json", help=_("the file, or - for standard input"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    desk = shell.desk()
    wanted = _read(options.file, shell)
    with desk.store.writing():  # all of them, or none
        made = [_save(desk.store, fields, place, desk.today()) for place, fields in enumerate(wanted, 1)]
    if options.json:
        shell.say_json([{"id": invoice.id, "total_text": invoice.total.plain()} for invoice in made])
    else:
        for invoice in made:
            shell.say(invoice.ref)
    return DONE


def _read(name: str, shell: Shell) -> list[dict[str, Any]]:
    try:
        text = shell.stdin.read() if name == "-" else typed_path(name).read_text(encoding="utf-8")
        if not text.strip():
            raise InputError(_("There is nothing in “{name}”.").format(name=name))
        found = json.loads(text)
    except OSError as error:
        raise InputError(_("“{name}” cannot be read: {reason}.").format(name=name, reason=error.strerror)) from error
    except (ValueError, RecursionError) as error:
        raise InputError(_("“{name}” is not JSON: {reason}.").format(name=name, reason=error)) from error
    found = found if isinstance(found, list) else [found]
    if not all(isinstance(fields, dict) for fields in found):
        raise InputError(_("A draft is a JSON object, and several are a list of them."))
    return found


def _save(store: Store, fields: dict[str, Any], place: int, today: date) -> Invoice:
    try:
        return save_draft(store, _draft(store, fields, today))
    except InputError as error:
        raise InputError(
            _("Draft {place}: {problem}").format(place=place, problem=error), kept=_("No draft was made.")
        ) from None


def _draft(store: Store, fields: dict[str, Any], today: date) -> Invoice:
    _only(fields, _INVOICE)
    draft = new_draft(store, today, _customer(store, fields.get("customer")))
    day = _day(fields, "date", today)
    terms = _terms(fields.get("terms"), draft.terms)
    draft = replace(
        draft,
        date=day,
        terms=terms,
        due=_day(fields, "due", day + timedelta(terms)),
        currency=parse_currency(currency) if (currency := _text(fields, "currency")) else draft.currency,
        reference=_text(fields, "reference"),
        message=clean_lines(_text(fields, "message", lines=True)) or draft.message,
    )
    lines = fields.get("lines")
    if not isinstance(lines, list) or not lines:
        raise InputError(_("“lines” must be a list with at least one line."))
    return replace(draft, lines=tuple(_line(line, draft) for line in lines))


def _customer(store: Store, fields: object) -> Customer:
    if not isinstance(fields, dict):
        raise InputError(_("“customer” must be an object with a name."))
    _only(fields, _CUSTOMER)
    named = {name: _text(fields, name, lines=name == "address") for name in _CUSTOMER if name in fields}
    if not named.get("name"):
        raise InputError(_("A customer needs a name."))
    if named.get("language") and named["language"] not in LANGUAGES:
        raise InputError(
            _("“{language}” is not one of {known}.").format(language=named["language"], known=", ".join(LANGUAGES))
        )
    from facturier.models.addresses import parse_addresses

    for kind in ("email", "cc", "bcc"):
        if named.get(kind):
            parse_addresses(named[kind])
    known = customer_named(store, named["name"]) or Customer()
    customer = replace(
        known,
        name=named["name"],
        contact=named.get("contact", known.contact),
        email=named.get("email", known.email),
        cc=named.get("cc", known.cc),
        bcc=named.get("bcc", known.bcc),
        address=named.get("address", known.address),
        language=named.get("language", known.language),
    )
    return customer if customer.id else save_customer(store, customer)


def _line(fields: object, draft: Invoice) -> Line:
    if not isinstance(fields, dict):
        raise InputError(_("A line must be an object."))
    _only(fields, _LINE)
    line = Line(**{name: _text(fields, name, lines=name == "description") for name in _LINE if name in fields})
    line_amount(line, draft.currency)
    return replace(line, tax=check_tax(line.tax, {rate.code: rate for rate in draft.rates}))


def _text(fields: dict[str, Any], name: str, *, lines: bool = False) -> str:
    value = fields.get(name, "")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise InputError(_('“{name}” must be text; amounts too, such as "150.00".').format(name=name))
    return clean_lines(value).strip() if lines else clean(value)


def _day(fields: dict[str, Any], name: str, otherwise: date) -> date:
    text = _text(fields, name)
    try:
        day = date.fromisoformat(text) if text else otherwise
    except ValueError:
        day = date.min
    if not FIRST <= day <= LAST:
        raise InputError(_("“{name}” must be a date such as 2026-11-24.").format(name=name))
    return day


def _terms(value: object, otherwise: int) -> int:
    if value is None:
        return otherwise
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 3650:
        raise InputError(_("“terms” must be a whole number of days."))
    return value


def _only(fields: dict[str, Any], known: tuple[str, ...]) -> None:
    if unknown := [name for name in fields if name not in known]:
        raise InputError(
            _("There is no field “{name}”. Known: {known}.").format(name=unknown[0], known=", ".join(known))
        )
