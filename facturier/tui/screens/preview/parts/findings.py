"""Show whether a message can be sent, and what prevents it."""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from facturier.mail.sending.checks.checks import Finding
from facturier.mail.sending.prepare import Prepared
from facturier.models.outbox.delivery import SenderKind
from facturier.models.text.i18n import _, ngettext
from facturier.tui.themes.theme import BOLD, ERROR, SUCCESS, WARNING
from facturier.tui.words.formatting import size_text

_MOST = 3
_MOST_NAMES = 4  # of files


class FindingsView(Static):
    """The findings, in two to four lines at the bottom of the preview."""

    def __init__(self) -> None:
        super().__init__(markup=False, id="verdict")
        self.early = False  # whether F9 was just pressed before the person could read the message

    def show_ready(self, prepared: Prepared, *, practice: bool) -> None:
        """Show that there are no findings. `practice` is whether this is the demo company."""
        line = Text.assemble((_("✓ Ready."), SUCCESS + BOLD), f" {_attached(prepared)}")
        by_gmail = prepared.composition.sender_kind is SenderKind.GMAIL
        if by_gmail and (prepared.envelope.cc or prepared.envelope.bcc):
            note = _("If Cc or Bcc cannot be delivered, {address} gets an email about it.")
            line.append(" " + note.format(address=prepared.envelope.sender))
        elif practice:
            line.append(" " + _("To practise failures, send to refused@…, doubt@… or bounced@…."))
        self.update(Text("\n").join([_too_early(), line]) if self.early else line)

    def show_findings(self, findings: Sequence[Finding], fields: Sequence[str], *, asked: bool, stopped: bool) -> None:
        """Show the findings, errors first.

        `fields` are the names of fields that show their own problems. `asked` is set after the person wanted to send
        despite warnings, and `stopped` after they wanted to send despite errors.
        """
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
        if self.early:
            lines.append(_too_early())
        self.update(Text("\n").join(lines))

    def show_making(self) -> None:
        self.update(Text(_("Preparing the message…"), style="dim"))


def _too_early() -> Text:
    return Text(_("Check the message first, then send it."), style="bold")


def _line(finding: Finding) -> Text:
    mark, style = ("✗", ERROR + BOLD) if finding.level == "error" else ("⚠", WARNING + BOLD)
    return Text.assemble((f"{mark} ", style), finding.text)


def _attached(prepared: Prepared) -> str:
    files = prepared.attached
    names = ", ".join(name for name, _size in files[:_MOST_NAMES]) + (", …" if len(files) > _MOST_NAMES else "")
    size = size_text(sum(size for _name, size in files))
    if len(files) == 1:
        return _("Attached: {name}, {size}.").format(name=names, size=size)
    return _("Attached: {names} ({count} files, {size}).").format(names=names, count=len(files), size=size)
