"""The creation time of a file. A copy gets a new one; a move within a file system keeps it."""

import ctypes
import os
import struct
from pathlib import Path

_AT_FDCWD, _STATX_BTIME, _SIZE = -100, 0x800, 256
_BTIME = 80  # where it is in struct statx (statx(2))


def born(path: Path) -> int:
    """Return the creation time in nanoseconds since 1970, or 0 if the system does not provide it."""
    try:
        ask = ctypes.CDLL(None).statx
    except (OSError, AttributeError):
        return 0
    found = ctypes.create_string_buffer(_SIZE)
    if ask(_AT_FDCWD, os.fsencode(path), 0, _STATX_BTIME, found):
        return 0
    (mask,) = struct.unpack_from("=I", found.raw)
    seconds, nanoseconds = struct.unpack_from("=qI", found.raw, _BTIME)
    return int(seconds) * 10**9 + int(nanoseconds) if mask & _STATX_BTIME else 0
