"""facturier item: show, create or change an item."""

import argparse
from dataclasses import replace
from typing import Any

from facturier.models.books.invoice import Item
from facturier.models.items.items import check_item, delete_item, get_item, save_item
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.decimals import parse_currency, plain, read_decimal
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.items.items import as_object, as_text
from facturier.tui.terminal.exit_status import DONE

_TEXTS = ("sku", "description", "description_fr", "unit", "tax")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", type=clean, metavar="NAME", help=_("the item"))
    parser.add_argument("--new", action="store_true", help=_("create the item"))
    parser.add_argument("--rename", type=clean, metavar="NAME", help=_("give it another name; drafts follow"))
    parser.add_argument(
        "--rate",
        action="append",
        default=[],
        metavar="RATE",
        help=_("a rate such as 120.50, or USD=95 for another currency; USD= removes it; repeatable"),
    )
    parser.add_argument("--tax", type=clean, metavar="TAX", help=_("the default tax, such as GST+QST"))
    parser.add_argument("--sku", type=clean, metavar="SKU", help=_("your own code for it"))
    parser.add_argument("--unit", type=clean, metavar="UNIT", help=_("the unit, such as hour"))
    parser.add_argument("--description", type=clean_lines, metavar="TEXT", help=_("the description in English"))
    parser.add_argument("--description-fr", type=clean_lines, metavar="TEXT", help=_("the description in French"))
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--archive", dest="archived", action="store_true", default=None, help=_("suggest it no longer"))
    state.add_argument("--unarchive", dest="archived", action="store_false", default=None, help=_("suggest it again"))
    state.add_argument("--delete", action="store_true", help=_("delete it; invoices keep their lines"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    currency = ws.company().currency
    with ws.store.writing():
        before = None if options.new else get_item(ws.store, options.name)
        item = _changed(before or Item(options.name), options, currency)
        if options.delete:
            delete_item(ws.store, item.name)
        elif before is None or item != before:
            was = before.name if before is not None else None
            item = save_item(ws.store, check_item(ws.store, item, was), was)
    if options.json:
        shell.say_json(as_object(item, currency))
    elif not options.delete:
        shell.say(as_text(item, currency))
    return DONE


def _changed(item: Item, options: argparse.Namespace, currency: str) -> Item:
    rates = {currency: item.rate, **item.rates}
    for typed in options.rate:
        code, equals, rate = typed.rpartition("=")
        code = parse_currency(code) if equals else currency
        rates[code] = plain(read_decimal(rate)) if rate else ""
    texts = {name: given for name in _TEXTS if (given := getattr(options, name)) is not None}
    changed: dict[str, Any] = {**texts, "name": options.rename or item.name}
    if options.archived is not None:
        changed["archived"] = options.archived
    rate = rates.pop(currency)
    return replace(item, rate=rate, rates={code: kept for code, kept in rates.items() if kept}, **changed)
