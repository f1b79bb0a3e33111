"""Limit how fast one address sends, across all companies that this person sends for on this machine.

Gmail's limit applies to the address, not to the company. `facturier.models.outbox.schedule` limits each company.
"""

import fcntl
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from facturier.mail.errors import NotNow, VaultError
from facturier.mail.vault.private_files import private_folder, read_private, write_private
from facturier.models.text.i18n import _

# More than one company may send (50), so that only several companies together reach it, and less than Gmail allows
# (60).
A_MINUTE = 55
_MINUTE = timedelta(minutes=1)

_log = logging.getLogger(__name__)


class RateLimit:
    """The limit, with a count in `folder`, a private folder of this person that is created if missing.

    It can be used by several windows and processes at once.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "gmail.json"

    def take(self, address: str, now: datetime) -> None:
        """Count one more message from this address.

        Raises NotNow with the earliest time for the next message if the last minute had too many. If the count cannot
        be stored, nothing is limited, and Gmail itself refuses when there are too many.
        """
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
    """Return when each address sent in the last minute, in seconds since 1970.

    Another process may be slightly ahead of `now`. Times further in the future are from before the clock was set back,
    so they are ignored.
    """
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
