"""Whether a message is ready to go, and what speaks against it."""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from facturier.mail.sending.checks import Finding
from facturier.mail.sending.prepare import Prepared
from facturier.models.outbox.delivery import SenderKind
from facturier.models.text.i18n import _, ngettext
from facturier.tui.formatting import size_text
from facturier.tui.theme import BOLD, ERROR, SUCCESS, WARNING

_MOST = 3


class FindingsView(Static):
    """Two to four lines at the foot of the preview."""

    def __init__(self) -> None:
        super().__init__(markup=False, id="verdict")

    def show_ready(self, prepared: Prepared, *, practice: bool) -> None:
        """Nothing was found. `practice`: it is the demo company."""
        attached = _("Attached: {name}, {size}.").format(
            name=prepared.attachment, size=size_text(len(prepared.document))
        )
        line = Text.assemble((_("✓ Ready."), SUCCESS + BOLD), f" {attached}")
        by_gmail = prepared.composition.sender_kind is SenderKind.GMAIL
        if by_gmail and (prepared.envelope.cc or prepared.envelope.bcc):
            note = _("If Cc or Bcc cannot be delivered, {address} gets an email about it.")
            line.append(" " + note.format(address=prepared.envelope.sender))
        elif practice:
            line.append(" " + _("To practise failures, send to refused@…, doubt@… or bounced@…."))
        self.update(line)

    def show_findings(self, findings: Sequence[Finding], fields: Sequence[str], *, asked: bool, stopped: bool) -> None:
        """What was found, errors first; `fields` are the names of those that say themselves what is wrong with them.
        `asked` once the person wanted to send in spite of the warnings, `stopped` once in spite of the errors."""
        lines = [_line(finding) for finding in findings[:_MOST]]
        if fields:
            lines.insert(
                0, Text.assemble(("✗ ", ERROR + BOLD), _("Not ready. Check {fields}.").format(fields=", ".join(fields)))
            )
        if (more := len(findings) - _MOST) > 0:
            lines[-1].append(ngettext("  and {count} more", "  and {count} more", more).format(count=more), "dim")
        if asked:
            lines.append(Text(_("To send it anyway, choose “Send” again."), style="bold"))
        if stopped:
            lines.append(Text(_("Nothing was sent. Fix the items marked ✗ first."), style=ERROR + BOLD))
        self.update(Text("\n").join(lines))

    def show_too_early(self) -> None:
        """F9 was pressed before the message could be read."""
        self.update(Text(_("Check the message first, then send it."), style="bold"))

    def show_making(self) -> None:
        self.update(Text(_("Preparing the message…"), style="dim"))


def _line(finding: Finding) -> Text:
    mark, style = ("✗", ERROR + BOLD) if finding.level == "error" else ("⚠", WARNING + BOLD)
    return Text.assemble((f"{mark} ", style), finding.text)
