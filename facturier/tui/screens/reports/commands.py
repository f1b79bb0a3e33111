"""The reports in the palette, each by its name."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import LANGUAGES, _, catalogue
from facturier.models.text.search_text import fold
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.screens.dialogs.palette.synonyms import synonyms
from facturier.tui.words.reports import REPORTS


def report_commands(screen: Screen[Any], ws: Workspace) -> Iterator[Command]:
    """Return a command for each report but the check of numbers, which is a command already."""
    for (name, by), (title, about) in REPORTS.items():
        if name != "numbers":
            names = " ".join(catalogue(language).gettext(title) for language in LANGUAGES)
            words = (*fold(names).split(), *synonyms("reports", f"report-{name}"))
            label = _("Report: {title}").format(title=_(title))
            yield Command(label, (), _(about), partial(_open, screen, ws, name, by), screen, words)


def _open(screen: Screen[Any], ws: Workspace, name: str, by: str) -> None:
    from facturier.tui.screens.reports.screen import ReportScreen

    screen.app.push_screen(ReportScreen(ws, name, by))
