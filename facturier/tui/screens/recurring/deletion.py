"""Delete a schedule, and restore it with its approval."""

from contextlib import suppress

from facturier.mail.errors import VaultError
from facturier.mail.vault.schedule_approval import approve_schedule, is_approved, what_is_approved
from facturier.mail.workspace import Workspace
from facturier.models.recurring.deleting import DeletedSchedule, delete_schedule, restore_schedule
from facturier.models.recurring.schedule import get_schedule


class Deletion:
    """The deletion of one schedule. Its methods are called in a thread."""

    def __init__(self, ws: Workspace, schedule_id: int) -> None:
        self._ws, self._id = ws, schedule_id
        self._deleted: DeletedSchedule | None = None
        self._approved = ""

    def delete(self) -> None:
        with suppress(VaultError):  # this person may not send
            # Another window may have changed it since this one read it.
            if is_approved(self._ws, get_schedule(self._ws.store, self._id)):
                self._approved = what_is_approved(self._ws, self._id)
        self._deleted = delete_schedule(self._ws.store, self._id)

    def restore(self) -> None:
        """Restore the schedule. It is approved again only if it is what was approved."""
        assert self._deleted is not None
        restore_schedule(self._ws.store, self._deleted)
        if self._approved and what_is_approved(self._ws, self._id) == self._approved:
            approve_schedule(self._ws, self._id)
