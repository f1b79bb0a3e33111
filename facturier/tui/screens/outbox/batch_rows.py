"""The columns of a batch, and the details of the chosen invoice."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from facturier.mail.sending.batch import Checked
from facturier.models.books.invoice import InvoiceRow
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.money import Money
from facturier.tui.themes.theme import ERROR, SUCCESS, WARNING
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.words.formatting import with_currency


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One invoice of a batch. `checked` is None until it was checked, and `stopped` says why it was not queued."""

    invoice: InvoiceRow
    checked: Checked | None = None
    stopped: str = ""
    overrule: bool = False

    @property
    def id(self) -> int:
        return self.invoice.id

    @property
    def goes(self) -> bool:
        return self.checked is not None and not self.stopped and self.checked.may_go(overrule=self.overrule)

    @property
    def warned(self) -> bool:
        """Whether warnings exclude it, or would without `overrule`."""
        return self.checked is not None and not self.checked.errors and bool(self.checked.warnings)


def batch_columns() -> tuple[Column[BatchRow], ...]:
    return (
        Column(_("No."), _number, max(cell_len(_("draft")), 7)),
        Column(_("Customer"), lambda row: Text(clean(row.invoice.customer)), 12, flex=True),
        Column(_("To"), _to, 16, flex=True),
        Column(_("Total"), _total, 13, rank=1, right=True),
        Column(_("Result"), _result, 14),
    )


def batch_sum(rows: Sequence[BatchRow]) -> Text:
    """Return how many will be sent, how many are excluded, and how many are blocked."""
    going = sum(row.goes for row in rows)
    warned = sum(row.warned and not row.goes and not row.stopped for row in rows)
    stopped = len(rows) - going - warned
    parts = []
    if going:
        words = ngettext("✓ {count} will be sent", "✓ {count} will be sent", going)
        parts.append(Text(words.format(count=going), SUCCESS))
    if warned:
        words = ngettext("⚠ {count} excluded", "⚠ {count} excluded", warned)
        parts.append(Text(words.format(count=warned), WARNING))
    if stopped:
        parts.append(Text(ngettext("✗ {count} blocked", "✗ {count} blocked", stopped).format(count=stopped), ERROR))
    return Text("   ").join(parts)


def batch_detail(row: BatchRow) -> Text:
    """Return sender and recipients of the chosen invoice, and what prevents it from being sent."""
    if row.checked is None:
        return Text("")
    envelope = row.checked.envelope
    people = [clean(", ".join(envelope.to)) or _("nobody")]
    copies = ((_("Cc"), envelope.cc), (_("Bcc"), envelope.bcc))
    people += [f"{name} {clean(', '.join(copied))}" for name, copied in copies if copied]
    sender = clean(envelope.sender) or "–"
    lines = [Text(_("From {sender} to {people}").format(sender=sender, people="; ".join(people)))]
    if row.stopped:
        lines.append(Text(f"✗ {row.stopped}", ERROR))
    else:
        lines += [Text(f"✗ {finding.text}", ERROR) for finding in row.checked.errors]
        lines += [Text(f"⚠ {finding.text}", WARNING) for finding in row.checked.warnings]
    return Text("\n").join(lines)


def _number(row: BatchRow) -> Text:
    return Text(row.invoice.number) if row.invoice.number else Text(_("draft"), "italic")


def _to(row: BatchRow) -> Text:
    return Text(clean(", ".join(row.checked.envelope.to)) or "–") if row.checked else Text("")


def _total(row: BatchRow) -> Text:
    return Text(with_currency(Money(row.invoice.total, row.invoice.currency)))


def _result(row: BatchRow) -> Text:
    if row.checked is None:
        return Text("…", "dim")
    if row.stopped or row.checked.errors:
        return Text("✗ " + _("Blocked"), ERROR)
    if row.checked.warnings:
        return Text("⚠ " + (_("Ready") if row.overrule else _("Excluded")), WARNING)
    return Text("✓ " + _("Ready"), SUCCESS)
