"""Save what is entered on the screens, or keep it elsewhere if that fails."""

import logging
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from facturier.models.text.i18n import _
from facturier.tui.window.company_app import CompanyApp


@runtime_checkable
class Saving(Protocol):
    """A screen that may have unsaved changes."""

    async def save_now(self) -> bool:
        """Save them. Return False if that failed, which the screen then shows."""


@runtime_checkable
class Copying(Protocol):
    """A screen that can copy what was entered to a place other than the company file."""

    def typed_copy(self) -> tuple[str, str]:
        """Return what is not saved as text, or an empty text, and the reason."""


@runtime_checkable
class HandingOver(Protocol):
    """A dialog whose answer becomes part of what the screen below saves."""

    def keep_typed(self) -> None:
        """Give that screen what is typed here, as far as it is valid."""


def keep_half_typed(app: CompanyApp) -> None:
    """Keep what is typed in open dialogs, because nobody can be asked whether to discard it."""
    for screen in app.screen_stack:
        if isinstance(screen, HandingOver):
            try:
                screen.keep_typed()
            except Exception as error:  # noqa: BLE001 - `fault` logs it, and the rest must be saved anyway
                app.fault(error)


async def save_all(app: CompanyApp) -> bool:
    """Save the changes on every screen. Return False if some could not be saved."""
    return all([await _saved(app, screen) for screen in app.screen_stack if isinstance(screen, Saving)])


async def _saved(app: CompanyApp, screen: Saving) -> bool:
    try:
        return await screen.save_now()
    except Exception as error:  # noqa: BLE001 - `fault` logs it, and the other screens must be saved anyway
        app.fault(error)
        return False


def unsaved(app: CompanyApp) -> list[tuple[str, str]]:
    """Return the texts that were entered and could not be saved, each with the reason."""
    copies = [screen.typed_copy() for screen in app.screen_stack if isinstance(screen, Copying)]
    return [(text, why) for text, why in copies if text]


def half_typed(app: CompanyApp) -> Iterator[str]:
    """Yield for each screen a sentence about what is entered but takes effect only once it is saved, or an empty
    text."""
    from facturier.tui.screen import ResultScreen

    for screen in app.screen_stack:
        if isinstance(screen, ResultScreen) and not (screen.busy or screen.answered):
            yield screen.half_typed()


def keep_unsaved(app: CompanyApp, *, saved: bool) -> None:
    """Keep what is not saved outside the company file, because nobody can be asked. `saved` is the result of
    `save_all`."""
    from facturier.tui.screen import ResultScreen

    for text, why in [] if saved else unsaved(app):
        _keep_aside(app, text, why)
    for screen in app.screen_stack:
        if isinstance(screen, ResultScreen) and not screen.answered and (text := screen.half_typed_copy()):
            _keep_aside(app, text, "it was not saved yet")


def _keep_aside(app: CompanyApp, text: str, why: str) -> None:
    from facturier.tui.screens.dialogs.leaving.typed_copy import keep_aside

    path = keep_aside(app.ws.locations.data, text)
    logging.getLogger(__name__).error("what was typed is in %s: %s", path, why)


def tell_kept(app: CompanyApp) -> None:
    """Tell the person where changes are that could not be saved when the program ended."""
    from facturier.tui.screens.dialogs.leaving.typed_copy import kept_aside
    from facturier.tui.screens.dialogs.leaving.typing_copy import take_over_copies

    take_over_copies(app.ws.locations.data)
    if kept := kept_aside(app.ws.locations.data):
        words = _(
            "Texts that were not saved when Facturier closed are in “{path}”. Delete them when you no longer need them."
        )
        path = kept[0] if len(kept) == 1 else kept[0].parent
        app.notify(words.format(path=path), severity="warning", timeout=15, markup=False)
