"""Watch the company file for changes by other windows, other people and the postman."""

from facturier.models.errors import StoreError
from facturier.tui.messages import CompanyChanged
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.window.company_app import CompanyApp

_LOOK = 0.25  # seconds between checks for changes
_TELL = 2.0  # seconds between checks for rows that could not be read


class CompanyWatch:
    """Notifies every screen when the company has changed, and the person of rows that cannot be read."""

    def __init__(self, app: CompanyApp) -> None:
        self._app = app
        self._changes = 0
        self._today = app.ws.today()
        self._in_trouble = False  # the file cannot be read, and the person was told
        self._damage_told: set[str] = set()

    def start(self) -> None:
        self._app.set_interval(_LOOK, self.look)
        self._app.set_interval(_TELL, self.tell_damage)

    def begin_with(self) -> None:
        """Treat the current state as known, because the screens were just opened with it."""
        ws = self._app.ws
        self._changes, self._today = ws.store.changes(), ws.today()

    def look(self) -> None:
        """Check whether anyone has changed the company. If not, this is fast and draws nothing."""
        from facturier.mail.vault.permission import remember

        ws = self._app.ws
        try:
            changes, today = ws.store.changes(), ws.today()
            if (changes, today) == (self._changes, self._today):
                return
            self._changes, self._today = changes, today
            remember(ws)
            self._app.outbox_worker.look()
        except StoreError as error:
            if not self._in_trouble:
                self._in_trouble = True
                show_problem(self._app, error)
            return
        self._in_trouble = False
        for screen in self._app.screen_stack:
            screen.post_message(CompanyChanged())

    def tell_damage(self) -> None:
        """Notify the person once of each row of the company file that could not be read."""
        damaged = self._app.ws.store.damaged
        for words in [*damaged]:
            if words not in self._damage_told:
                self._damage_told.add(words)
                self._app.notify(str(damaged[words]), severity="warning", timeout=15, markup=False)
