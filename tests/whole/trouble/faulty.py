"""Facturier with two simulated faults: F5 in the screen, F6 in a worker. Arguments: the company file and a log."""

import sys
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.models.store.opening import open_company
from facturier.tui.app import FacturierApp
from facturier.tui.errors.faults import log_to


class FaultyApp(FacturierApp):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "fault", "Fault", priority=True),
        Binding("f6", "work", "Work", priority=True),
    ]

    def action_fault(self) -> None:
        token = "canary-" + "token"
        raise RuntimeError(f"the server refused {token}")

    def action_work(self) -> None:
        self.run_worker(self.action_fault, thread=True)


def main(company: Path, log: Path) -> int:
    log_to(log)
    app = FaultyApp(open_workspace(open_company(company), Locations(log.parent / "own", log), Endpoints()))
    app.run()
    return app.return_code or 0


sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
