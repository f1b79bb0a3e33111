"""A link as a QR code, if it fits the window."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from facturier.models.text.i18n import N_, _
from facturier.tui.screen import Dialog
from facturier.tui.terminal.glyphs import can_show

# ISO/IEC 18004 requires a margin of 4 modules, but phones can read codes with 2.
_MARGIN = 2


class QrScreen(Dialog[None]):
    """The QR code, dark on light whatever the terminal's colours, with two modules per cell."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,t,q,enter,space", "dismiss(None)", N_("Close"), id="qr.close")
    ]

    def __init__(self, link: str) -> None:
        super().__init__(id="qr")
        self._lines = qr_lines(link)

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def on_resize(self) -> None:
        rows, columns = len(self._lines), len(self._lines[0])
        if not can_show("▀▄█"):
            shown = Text(_("This terminal cannot show a QR code.") + "\n\n" + _("esc  Close"))
        elif self.size.height >= rows and self.size.width >= columns:
            shown = Text("\n".join(self._lines), style="#000000 on #ffffff", no_wrap=True)
        else:
            shown = Text(
                _(
                    "The QR code needs a window of {columns} columns and {rows} lines; this one has {width} and "
                    "{height}. Google’s link is long, and a short one would only work on this machine.\n\n"
                    "Without the code: copy the link with y, show it alone with l, or connect through your own "
                    "computer with the ssh command. Or enlarge the window, or reduce its font."
                ).format(columns=columns, rows=rows, width=self.size.width, height=self.size.height)
                + "\n\n"
                + _("esc  Close")
            )
        self.query_one(Static).update(shown)


def qr_lines(link: str) -> list[str]:
    """Return the lines of the code in half blocks. Dark modules are drawn in the foreground colour."""
    import segno

    rows = [tuple(row) for row in segno.make_qr(link, error="l", boost_error=False).matrix_iter(border=_MARGIN)]
    if len(rows) % 2:
        rows.append((0,) * len(rows[0]))
    blocks = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
    return [
        "".join(blocks[bool(upper), bool(lower)] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
