"""Run the screens of a company until the person quits."""

import logging

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.tui.terminal.exit_status import DONE


def run_screens(ws: Workspace) -> int:
    """The exit status: 0, or 1 if an error ended the program."""
    from facturier.tui.app import FacturierApp

    app = FacturierApp(ws)
    app.run()
    app.ws.close()  # the person may have switched companies
    if app.ws.practice is None:
        _back_up(app.ws)
    return app.return_code or DONE


def _back_up(ws: Workspace) -> None:
    """Save the day's work in the daily backup."""
    from facturier.models.store.backups.backups import keep_copy

    try:
        keep_copy(ws.store, ws.locations.copies, again=True)
    except FacturierError as error:
        logging.getLogger(__name__).warning("daily copy: %s", error)
