"""python -m facturier, and the installed program."""

import os
import sys

from facturier import __version__


def run() -> None:
    """Start the program. Where the machine has no room for that, a sentence says so; the reader's language is not known
    yet then."""
    if sys.argv[1:] == ["--version"]:
        sys.exit(_print_version())
    try:
        from facturier.tui.main import run as started
    except (OSError, MemoryError, ImportError) as error:
        if isinstance(error, ModuleNotFoundError):
            raise
        sys.stderr.write(f"facturier: Cannot start: not enough memory, or too many open files. {error}\n")
        sys.exit(1)
    started()


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
