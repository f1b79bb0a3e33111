"""A copy of what was entered, outside the company file: because that cannot be written, such as on a full disk, or
because the program ended before the person saved it."""

import json
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from facturier.models.books.invoice import COPIED, ONE_LINE, Invoice
from facturier.models.outbox.composition import Composition
from facturier.models.settings.line import as_kept
from facturier.models.store.files import free_path, write_file
from facturier.models.text.i18n import _, labelled

UNSAVED = "unsaved"
_DETAILS = (
    *("inclusive", "discount", "shipping", "shipping_tax", "deposit", "exchange_rate", "service_from", "service_to"),
    *("ship_to", "notes", "custom", "own_number"),
)


def draft_copy(invoice: Invoice) -> str:
    """Return a draft in the format of `facturier draft`."""
    customer = {name: text for name, text in asdict(invoice.customer).items() if name in COPIED and text}
    by_terms = invoice.due == invoice.payment_terms.due(invoice.date)
    terms = {"terms": invoice.terms, "terms_rule": invoice.terms_rule}
    fields = {
        **({"kind": str(invoice.kind)} if invoice.is_estimate else {}),
        "customer": customer,
        "date": invoice.date.isoformat(),
        **(terms if by_terms else {"due": invoice.due.isoformat()}),
        "currency": invoice.currency,
        **{name: getattr(invoice, name) for name in (*ONE_LINE, *_DETAILS)},
        "message": invoice.message,
        "lines": [
            {name: text for name, text in asdict(as_kept(line, invoice.currency)).items() if text}
            for line in invoice.lines
            if not line.empty
        ],
    }
    given = {name: value for name, value in fields.items() if value}
    return json.dumps(given, ensure_ascii=False, indent=2, default=str)  # days become their ISO text


def letter_copy(composition: Composition) -> str:
    """Return a message as text."""
    heads = {"To": composition.to, "Cc": composition.cc, "Bcc": composition.bcc, "Subject": composition.subject}
    return "\n".join([*(labelled(name, text) for name, text in heads.items() if text), "", composition.body])


def keep_aside(folder: Path, text: str) -> Path | None:
    """Save a copy in this person's own folder, or if that is full too, in the folder for temporary files.

    Return the file, or None if there is no space at all.
    """
    # one machine: no two processes that write to this folder have the same process ID.
    name = f"{time.strftime('%Y-%m-%d %H.%M.%S')} {os.getpid()}.txt"
    for place in (folder / UNSAVED, Path(tempfile.gettempdir())):
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = free_path(place / (name if place.name == UNSAVED else f"facturier unsaved {name}"))
            write_file(path, text.encode(errors="backslashreplace"))
            return path
        except OSError:
            continue
    return None


def settings_copy(company: str, typed: Iterable[tuple[str, str]]) -> str:
    """Return what is typed in the settings as text: the name of each field, and its text. Empty if nothing is typed."""
    fields = [f"{name}\n{text}" for name, text in typed]
    heading = _("Settings of {company} that were not saved").format(company=company)
    return "\n\n".join([heading, *fields, ""]) if fields else ""


def kept_aside(folder: Path) -> list[Path]:
    """Return the copies in this person's own folder, oldest first."""
    try:
        return sorted(path for path in (folder / UNSAVED).iterdir() if path.suffix == ".txt")
    except OSError:
        return []
