"""What the screens hold that is not in the company file: saving it, and what happens to it where that fails."""

import logging
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from facturier.models.text.i18n import _
from facturier.tui.window.company_app import CompanyApp


@runtime_checkable
class Saving(Protocol):
    """A screen that holds something unsaved."""

    async def save_now(self) -> bool:
        """Save it. False where it could not be saved, which the screen then shows."""


@runtime_checkable
class Copying(Protocol):
    """A screen that can give what was typed to another place than the company file."""

    def typed_copy(self) -> tuple[str, str]:
        """What is not saved as text, empty where there is nothing, and why it is not."""


async def save_all(app: CompanyApp) -> bool:
    """Save what every screen holds. False where something could not be saved."""
    return all([await _saved(app, screen) for screen in app.screen_stack if isinstance(screen, Saving)])


async def _saved(app: CompanyApp, screen: Saving) -> bool:
    try:
        return await screen.save_now()
    except Exception as error:  # noqa: BLE001 - logged there; the other screens are saved anyway
        app.fault(error)
        return False


def unsaved(app: CompanyApp) -> list[tuple[str, str]]:
    """What was typed and is not saved, and why."""
    copies = [screen.typed_copy() for screen in app.screen_stack if isinstance(screen, Copying)]
    return [(text, why) for text, why in copies if text]


def half_typed(app: CompanyApp) -> Iterator[str]:
    """What is typed on each screen, and would be in force if it were saved: in a sentence, empty where nothing is."""
    from facturier.tui.screen import ResultScreen

    for screen in app.screen_stack:
        if isinstance(screen, ResultScreen) and not (screen.busy or screen.answered):
            yield screen.half_typed()


def keep_unsaved(app: CompanyApp) -> None:
    """Nobody is there to ask: what cannot be saved is kept outside of the company file."""
    from facturier.tui.screens.dialogs.typed_copy import keep_aside

    for text, why in unsaved(app):
        path = keep_aside(app.ws.locations.data, text)
        logging.getLogger(__name__).error("what was typed is in %s: %s", path, why)


def tell_kept(app: CompanyApp) -> None:
    """Say where something typed is that could not be saved when the program ended."""
    from facturier.tui.screens.dialogs.typed_copy import kept_aside

    if kept := kept_aside(app.ws.locations.data):
        words = _("Your last changes could not be saved in the company when Facturier closed. They are in “{path}”.")
        app.notify(words.format(path=kept[-1]), severity="warning", timeout=15, markup=False)
