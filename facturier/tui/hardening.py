"""Keep what is in memory out of files: secrets are there while the program runs."""

import contextlib
import sys

_SET_DUMPABLE = 4  # prctl(2), PR_SET_DUMPABLE


def no_core_dumps() -> None:
    """No core file, and no way for this user's other programs to read the memory. A limit alone does not stop a core
    that is piped to a program (core(5))."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
