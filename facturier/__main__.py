"""python -m facturier, and the installed program."""

import os
import sys

from facturier import __version__

# Made before memory is short.
_SHORTAGE = b"facturier: Cannot start: not enough memory, or too many open files.\n"


def run() -> None:
    """Start the program. If the machine has no memory or files left for that, print a sentence. It is in English,
    because the user's language is not known yet."""
    if sys.argv[1:] == ["--version"]:
        sys.exit(_print_version())
    try:
        try:
            from facturier.tui.main import run as started
        except (OSError, ImportError) as error:
            if isinstance(error, ModuleNotFoundError):
                raise
            sys.stderr.write(f"facturier: Cannot start: not enough memory, or too many open files. {error}\n")
            sys.exit(1)
        started()
    except (MemoryError, SystemError):  # Python raises SystemError if it had no memory for the real error
        os.write(2, _SHORTAGE)
        os._exit(1)  # a normal exit needs memory too


def _print_version() -> int:
    """Loads nothing else. Returns the exit status: 1 where nothing could be written."""
    try:
        os.write(1, f"facturier {__version__}\n".encode())
    except BrokenPipeError:
        return 0  # the reader has had enough
    except OSError as error:
        sys.stderr.write(f"facturier: Cannot write output: {error.strerror}.\n")
        return 1
    return 0


if __name__ == "__main__":
    run()
