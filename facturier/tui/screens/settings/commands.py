"""The sections of the settings as commands, so that the palette finds “tax” or “logo”."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from functools import partial

from textual.dom import DOMNode

from facturier.models.text.i18n import LANGUAGES, N_, _, catalogue
from facturier.models.text.search_text import fold
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.screens.dialogs.palette.synonyms import synonyms
from facturier.tui.screens.settings.sections import sections


def section_commands(node: DOMNode, go: Callable[[str], Awaitable[object] | object]) -> Iterator[Command]:
    """Yield a command for each section; `go` shows the section with that id."""
    for section in sections(date.min):  # only labels are read
        labels = (N_("Settings"), section.title, *(entry.label for entry in section.entries))
        names = " ".join(catalogue(language).gettext(label) for language in LANGUAGES for label in labels)
        words = (*fold(names).split(), *synonyms(f"section-{section.id.partition('-')[0]}"))
        name = _("Settings: {section}").format(section=_(section.title))
        yield Command(name, (), "", partial(go, section.id), node, words)
