"""facturier items: what is sold, with its rates."""

import argparse

from facturier.models.books.invoice import Item
from facturier.models.items.items import all_items
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--search",
        type=clean,
        default="",
        metavar="TEXT",
        help=_("only items with this text in the name, the description or the SKU"),
    )
    parser.add_argument("--archived", action="store_true", help=_("archived items, too"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    items = [item for item in all_items(ws.store, options.search) if options.archived or not item.archived]
    currency = ws.company().currency
    if options.json:
        shell.say_json([as_object(item, currency) for item in items])
    else:
        for item in items:
            shell.say(as_text(item, currency))
    return DONE


def as_object(item: Item, currency: str) -> dict[str, object]:
    """One item for programs. The rates are decimal text by currency; `currency` is the company's."""
    return {
        "name": item.name,
        "sku": item.sku,
        "description": item.description,
        "description_fr": item.description_fr,
        "unit": item.unit,
        "rates": {**({currency: item.rate} if item.rate else {}), **item.rates},
        "tax": item.tax,
        "archived": item.archived,
    }


def as_text(item: Item, currency: str) -> str:
    """One item as a line for people."""
    rates = {**({currency: item.rate} if item.rate else {}), **item.rates}
    priced = ", ".join(f"{code} {rate}" for code, rate in rates.items())
    about = clean(item.described(spoken()))
    archived = _("archived") if item.archived else ""
    return "  ".join(part for part in (f"{item.name:32}", f"{priced:>14}", f"{item.tax:8}", archived, about) if part)
