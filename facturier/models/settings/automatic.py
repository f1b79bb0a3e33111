"""Check and read the settings of automatic reminders."""

import re
from dataclasses import replace
from datetime import time
from typing import Any

from facturier.models.errors import InputError
from facturier.models.settings.company import AutomaticReminders
from facturier.models.settings.reminders import EARLIEST, LATEST
from facturier.models.store.damaged_rows import text, whole
from facturier.models.text.i18n import _

LATEST_TIME = time(22)  # reminders are looked for every minute, and this must happen before the day ends
MOST_AT_ONCE = 500
_TIME = re.compile(r"(\d{1,2})(?:\s*[:h]\s*(\d{2})?)?")


def check_time(typed: str) -> str:
    """Return the time of day that a person typed, such as `9` or `8 h 30`, as `09:00`. Raises InputError."""
    read = _TIME.fullmatch(typed.strip().lower())
    hour, minute = (int(read[1]), int(read[2] or 0)) if read is not None else (24, 0)
    if hour > LATEST_TIME.hour or minute > 59 or time(hour, minute) > LATEST_TIME:
        raise InputError(_("Enter a time from 0:00 to {latest}, such as 9:00.").format(latest=f"{LATEST_TIME:%H:%M}"))
    return f"{hour:02}:{minute:02}"


def read_automatic(stored: dict[str, Any]) -> AutomaticReminders:
    """Return the settings from their JSON form. Raises ValueError or TypeError if they are not valid."""
    found = AutomaticReminders(**stored)
    if not isinstance(found.on, bool) or isinstance(found.until, bool) or isinstance(found.most, bool):
        raise TypeError("true or false in the wrong place")
    if found.until is not None:
        whole(found.until, EARLIEST, LATEST)
    whole(found.most, 0, MOST_AT_ONCE)
    try:
        return replace(found, at=check_time(text(found.at)))
    except InputError as error:
        raise ValueError(str(error)) from error
