"""facturier new: make a company file."""

import argparse
from pathlib import Path

from facturier.models.clean import clean
from facturier.models.company import Company
from facturier.models.errors import InputError
from facturier.models.known import remember_company
from facturier.models.language import LANGUAGES, _, spoken
from facturier.models.settings import save_company
from facturier.models.store import create_company
from facturier.tui.verbs.shell import DONE, Shell

SUFFIX = ".facturier"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help=_("the file to make, such as acme.facturier"))
    parser.add_argument("--name", required=True, help=_("the company’s name, as on its invoices"))
    parser.add_argument("--email", required=True, metavar="ADDRESS", help=_("the address on its invoices"))
    parser.add_argument("--currency", default="CAD", help=_("three letters, such as CAD, EUR or USD"))
    parser.add_argument(
        "--language", choices=list(LANGUAGES), default="", help=_("of invoices, unless a customer’s is known")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    from facturier.mail.addresses import parse_address

    currency = options.currency.upper()
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        raise InputError(
            _("“{currency}” is not a currency. Write three letters, such as CAD.").format(currency=currency)
        )
    if not clean(options.name):
        raise InputError(_("A company needs a name."))
    company = Company(
        name=clean(options.name),
        email=parse_address(options.email),
        currency=currency,
        language=options.language or spoken(),
    )
    path = Path(options.path).expanduser()
    store = create_company(path, clock=shell.clock)
    save_company(store, company)
    remember_company(shell.places.data, path)
    shell.say(_("Made {path}. Open it with: facturier {path}").format(path=path))
    return DONE
