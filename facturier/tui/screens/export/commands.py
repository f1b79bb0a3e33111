"""What can be exported besides the list on the screen, for the palette."""

from collections.abc import Iterator
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.workers import run_in_worker


def export_commands(screen: Screen[Any], ws: Workspace) -> Iterator[Command]:
    """Return the exports that have no key."""

    def listed(kind: str) -> Command:
        async def export() -> None:
            from facturier.tui.screens.export.screen import export_list

            await export_list(screen, ws, kind)

        names = {"customers": _("Export customers…"), "payments": _("Export payments…")}
        about = _("Write all of them into a CSV or JSON file.")
        return Command(
            names[kind],
            (),
            about,
            lambda: run_in_worker(screen, export, "export"),
            screen,
            ("csv", "excel", "report", "rapport"),
        )

    async def export_company() -> None:
        from facturier.models.exports.company_file import company_lines
        from facturier.tui.screens.dialogs.save_as import save_as

        title = _("Export the whole company as JSON")
        name = f"{ws.store.path.stem}-{ws.today().isoformat()}.json"
        await save_as(screen, ws, title, name, lambda: "".join(company_lines(ws.store)).encode())

    yield listed("customers")
    yield listed("payments")
    about = _("One JSON file, without messages, passwords and the Gmail connection. It can be imported again.")
    words = ("json", "backup", "archive", "exporter", "sauvegarde")
    yield Command(
        _("Export the company…"), (), about, lambda: run_in_worker(screen, export_company, "export"), screen, words
    )
