"""What `facturier send` would do with each invoice."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime

from facturier.mail.addresses import check_domain
from facturier.mail.batch import Checked, check, hindrances, with_domains
from facturier.mail.checks import Finding, daily_limit
from facturier.mail.desk import Desk
from facturier.models.delivery import Envelope, Way
from facturier.models.invoices import get_invoice
from facturier.models.money import Money
from facturier.tui.faults import as_problem
from facturier.tui.verbs.shell import Shell


def dry_run(desk: Desk, shell: Shell, ids: Sequence[int], options: argparse.Namespace, when: datetime) -> bool:
    """Who gets what from which address, and what stops which; whether all of them may go."""
    way = Way(options.way) if options.way else None
    asked: dict[str, str | None] = {}

    def ask(address: str) -> str | None:
        domain = address.rpartition("@")[2]
        if domain not in asked:
            asked[domain] = None if desk.endpoints.stand_in else check_domain(address)
        return asked[domain]

    objects = []
    envelopes: dict[Way, list[Envelope]] = {}
    ready = True
    for invoice_id in ids:
        try:
            checked = with_domains(check(desk, invoice_id, way, sent=when), ask)
        except Exception as error:  # noqa: BLE001 - logged there; the others are still looked at
            checked = _not_checked(desk, invoice_id, str(as_problem(error)))
        word = _word(checked, options)
        if word == "ready":
            envelopes.setdefault(checked.composition.way, []).append(checked.envelope)
        ready = ready and word == "ready"
        invoice = get_invoice(desk.store, invoice_id)
        if options.json:
            objects.append(_as_object(checked, invoice.number, invoice.customer.name, invoice.total, word))
            continue
        people = ", ".join(checked.envelope.recipients) or "–"
        total = f"{invoice.total.currency} {invoice.total.plain()}"
        shell.say(f"{invoice.ref}  {word}  {checked.envelope.sender or '–'} → {people}  {total}")
        for finding in checked.findings:
            shell.say(f"    {finding.level}: {finding.text}")
    if options.json:
        shell.say_json(objects)
    tell_limit(shell, envelopes)
    return ready


def _not_checked(desk: Desk, invoice_id: int, why: str) -> Checked:
    """An invoice that could not even be looked at."""
    finding = Finding("error", "", why)
    return Checked(invoice_id, 0, desk.compose(invoice_id), Envelope("", ()), "", (finding,))


def tell_limit(shell: Shell, envelopes: Mapping[Way, Sequence[Envelope]]) -> None:
    """How many recipients a batch has against what Gmail sends in a day."""
    for way, some in envelopes.items():
        if len(some) > 1 and (said := daily_limit(some, way)):
            shell.tell(said)


def _word(checked: Checked, options: argparse.Namespace) -> str:
    if not hindrances(checked.findings, overrule=options.yes, again=options.again):
        return "ready"
    return "error" if checked.errors else "warning"


def _as_object(checked: Checked, number: str | None, customer: str, total: Money, word: str) -> dict[str, object]:
    return {
        "id": checked.id,
        "number": number,
        "customer": customer,
        "result": word,
        "from": checked.envelope.sender,
        "to": list(checked.envelope.to),
        "cc": list(checked.envelope.cc),
        "bcc": list(checked.envelope.bcc),
        "subject": checked.subject,
        "currency": total.currency,
        "total": total.minor,
        "total_text": total.plain(),
        "findings": [{"level": found.level, "field": found.field, "text": found.text} for found in checked.findings],
    }
