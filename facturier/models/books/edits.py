"""What a person changed in a form, applied to what is stored now: another window may have changed the rest."""

from dataclasses import fields, replace
from typing import Any, TypeVar

from facturier.models.errors import ChangedElsewhere
from facturier.models.text.i18n import _

_T = TypeVar("_T")


def with_edits(present: _T, seen: _T, edited: _T) -> _T:
    """Return `present`, a dataclass, with the fields that differ between `seen`, as the person saw it, and `edited`.

    Raises ChangedElsewhere if another window has changed one of these fields to something else.
    """
    changes: dict[str, Any] = {}
    for name in (one.name for one in fields(edited)):  # type: ignore[arg-type]
        was, now, typed = (getattr(one, name) for one in (seen, present, edited))
        if typed in (was, now):
            continue
        if now != was:
            raise changed_elsewhere()
        changes[name] = typed
    return replace(present, **changes)  # type: ignore[type-var]


def changed_elsewhere() -> ChangedElsewhere:
    return ChangedElsewhere(
        _("Someone else changed this in another window."),
        kept=_("Your changes were not saved."),
        todo=_("Go back to see it as it is now, then change it again."),
    )
