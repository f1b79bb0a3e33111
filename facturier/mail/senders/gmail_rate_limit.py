"""How fast one address sends, over all the companies that this person sends for on this machine.

Gmail's limit is the address's, not the company's (see `facturier.models.outbox.schedule`, which keeps each company to
it).
"""

import fcntl
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from facturier.mail.errors import NotNow, VaultError
from facturier.mail.vault.private_files import private_folder, read_private, write_private
from facturier.models.text.i18n import _

# Above what one company is kept to (50), so that only several together meet it, and below what Gmail allows (60).
A_MINUTE = 55
_MINUTE = timedelta(minutes=1)

_log = logging.getLogger(__name__)


class RateLimit:
    """`folder` is this person's own; it is made if missing. Safe for several windows and processes at once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "gmail.json"

    def take(self, address: str, now: datetime) -> None:
        """Note down one more message from this address. Raises NotNow, until there is room again, when the last minute
        has seen enough of them. Where nothing can be noted down, Gmail itself is left to say when it is too much."""
        try:
            with private_folder(self._path.parent) as inside:
                # one machine: the count of an address is a locked file of the person here.
                fcntl.flock(inside, fcntl.LOCK_EX)
                taken = _last_minute(read_private(inside, self._path), now)
                mine = taken.setdefault(address, [])
                if len(mine) >= A_MINUTE:
                    _refuse(datetime.fromtimestamp(mine[-A_MINUTE], UTC) + _MINUTE)
                mine.append(now.timestamp())
                write_private(inside, self._path, json.dumps(taken).encode(), replace=True)
        except (VaultError, OSError) as error:
            _log.warning("pace: %s", error)


def _last_minute(kept: bytes | None, now: datetime) -> dict[str, list[float]]:
    """When each address sent in the last minute, in seconds since 1970. Another process may be a little ahead of
    `now`; what lies further in the future was noted down before the clock was set back, and counts no more."""
    try:
        found = json.loads(kept or b"{}")
        since, until = (now - _MINUTE).timestamp(), (now + _MINUTE).timestamp()
        recent = {str(address): [float(at) for at in times if since < at < until] for address, times in found.items()}
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return {}
    return {address: times for address, times in recent.items() if times}


def _refuse(until: datetime) -> None:
    raise NotNow(
        _(
            "Your companies are already sending from this address as fast as Gmail allows. Sending "
            "resumes automatically."
        ),
        retry=until,
        whole_sender=True,
    )
