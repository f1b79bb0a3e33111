"""python -m facturier, and the installed program."""

import sys


def run() -> None:
    """Start the program. Where the machine has no room for that, a sentence says so; the reader's language is not known
    yet then."""
    try:
        from facturier.tui.main import run as started
    except (OSError, MemoryError, ImportError) as error:
        if isinstance(error, ModuleNotFoundError):
            raise
        sys.stderr.write(f"facturier: There is not enough memory, or no more files may be opened, to start: {error}\n")
        sys.exit(1)
    started()


if __name__ == "__main__":
    run()
