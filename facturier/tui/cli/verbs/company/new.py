"""facturier new: make a company file."""

import argparse

from facturier.models.company.recent import remember_company
from facturier.models.text.clean import clean
from facturier.models.text.i18n import LANGUAGES, _, spoken
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.terminal.program_name import argument


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help=_("the file to create, such as acme.facturier"))
    parser.add_argument("--name", type=clean, required=True, help=_("the company’s name, as on its invoices"))
    parser.add_argument("--email", type=clean, required=True, metavar="ADDRESS", help=_("the address on its invoices"))
    parser.add_argument("--currency", default="CAD", help=_("three letters, such as CAD, EUR or USD"))
    parser.add_argument(
        "--language",
        choices=list(LANGUAGES),
        default="",
        help=_("the language of invoices, unless the customer has another"),
    )
    parser.add_argument(
        "--taxes",
        type=_place,
        default="",
        metavar="PLACE",
        help=_("whose taxes it charges: a province such as QC, or a country of the European Union such as FR"),
    )


def _place(text: str) -> str:
    """Return the key of the taxes of a province (`QC`, `CA-QC`) or a country (`FR`), empty for none.

    Raises ArgumentTypeError for a place that is not known.
    """
    from facturier.models.settings.tax_presets import PRESETS

    code = text.strip().upper()
    if not code:
        return ""
    for key in (code, f"CA-{code}"):
        if key in PRESETS:
            return key
    raise argparse.ArgumentTypeError(_("unknown place. Known: {places}").format(places=", ".join(PRESETS)))


def run(options: argparse.Namespace, shell: Shell) -> int:
    from facturier.mail.new_company import new_company

    path = typed_path(options.path)
    new_company(
        path,
        name=options.name,
        email=options.email,
        currency=options.currency,
        language=options.language or spoken(),
        taxes=options.taxes,
        clock=shell.clock,
    )
    remember_company(shell.locations.data, path)
    shell.say(_("Created {path}. Open it with: facturier {argument}").format(path=path, argument=argument(path)))
    return DONE
