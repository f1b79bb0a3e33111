"""The commands of the palette that open another company."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from textual.screen import Screen

from facturier.mail.open_workspace import companies_of
from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import _
from facturier.tui.messages import CompanyChosen
from facturier.tui.screens.companies.screen import proposed
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.workers import run_in_worker


def company_commands(screen: Screen[Any], ws: Workspace) -> Iterable[Command]:
    """Yield the commands that switch from the company `ws` to another one."""
    own = _("Create my own company…") if ws.practice is not None else _("Create a company…")
    sample = _("Sample books and a Google simulator. No email is sent.")
    recent = _("The demo, a new company, a file, and your recent companies.")
    ways: list[tuple[str, str, partial[Screen[Workspace | None]]]] = [
        (own, _("Create a company file."), partial(_new, ws)),
        (_("Open a company file…"), _("Open a company by its path."), partial(_open, ws)),
        (_("Try the demo company…"), sample, partial(_demo, ws)),
        (_("Welcome screen…"), recent, partial(_welcome, ws)),
    ]
    for name, about, dialog in ways:
        if ws.practice is None or dialog.func is not _demo:
            yield Command(name, (), about, partial(_start, screen, dialog), screen)


def _start(screen: Screen[Any], dialog: Callable[[], Screen[Workspace | None]]) -> None:
    run_in_worker(screen, partial(_go, screen, dialog), "companies")


async def _go(screen: Screen[Any], dialog: Callable[[], Screen[Workspace | None]]) -> None:
    with problems_shown(screen):
        chosen = await screen.app.push_screen_wait(dialog())
        if chosen is not None:
            screen.post_message(CompanyChosen(chosen))


def _new(ws: Workspace) -> Screen[Workspace | None]:
    from facturier.tui.screens.companies.new_company import NewCompanyScreen

    return NewCompanyScreen(companies_of(ws), *proposed(ws))


def _open(ws: Workspace) -> Screen[Workspace | None]:
    from facturier.tui.screens.companies.open_company import OpenCompanyScreen

    return OpenCompanyScreen(companies_of(ws), proposed(ws)[0])


def _demo(ws: Workspace) -> Screen[Workspace | None]:
    from facturier.tui.screens.companies.demo import DemoScreen

    return DemoScreen(companies_of(ws))


def _welcome(ws: Workspace) -> Screen[Workspace | None]:
    from facturier.tui.screens.companies.welcome import WelcomeScreen

    return WelcomeScreen(companies_of(ws))
