"""The themes as commands of the palette."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from facturier.models.company.user import change_preferences
from facturier.models.text.i18n import N_, _
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.themes.theme import NAMES, TERMINAL

if TYPE_CHECKING:
    from facturier.tui.window.company_app import CompanyApp

_COMMANDS = {
    "terminal": N_("Theme: terminal colours"),
    "dark": N_("Theme: dark"),
    "light": N_("Theme: light"),
    "contrast": N_("Theme: high contrast"),
}


def theme_commands(app: "CompanyApp") -> Iterator[Command]:
    """Yield one command for each theme."""
    for name in NAMES:
        about = _("Change the colours of the screens, in every company on this machine.")
        yield Command(_(_COMMANDS[name]), (), about, partial(_choose, app, name), app)


async def _choose(app: "CompanyApp", name: str) -> None:
    app.use_theme(name)
    theme = "" if name == TERMINAL.name else name
    with problems_shown(app):
        await asyncio.to_thread(change_preferences, app.ws.locations.data, lambda kept: kept._replace(theme=theme))
