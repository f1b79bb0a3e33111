"""Faults of our own: written to the log, shown as a sentence, never as a traceback."""

import logging
from pathlib import Path

from facturier.models.errors import FacturierError
from facturier.models.language import _

_log = logging.getLogger(__name__)


def log_file() -> Path | None:
    """Where the log goes, as the start of the program set it up."""
    for handler in logging.getLogger("facturier").handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return None


def as_problem(error: BaseException) -> FacturierError:
    """What to show the reader of any error: ours as it is; anything else is logged, with its traceback but without the
    values of variables, which may be secrets."""
    if isinstance(error, FacturierError):
        return error
    _log.error("fault", exc_info=error)
    path = log_file()
    return FacturierError(
        _("Something went wrong inside Facturier ({kind}).").format(kind=type(error).__name__),
        kept=_("What was saved before is safe."),
        todo=_("The log says more: {log}").format(log=path) if path else "",
    )
