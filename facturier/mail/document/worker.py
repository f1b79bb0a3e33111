"""The process that runs Typst. `renderer.py` starts it and talks to it through a socket on its standard input.

Typst can abort its process, use all memory or never finish. In a separate process, this ends only that process. The
worker is isolated from the program: it runs as a plain file, with Python's module folders as arguments, and imports
none of our modules. It gets neither the company file nor the program's environment.

A message is the length of a JSON object (8 bytes, big-endian), the object, and the bytes that the object announces.
"""

import json
import os
import resource
import select
import shutil
import signal
import socket
import stat
import struct
import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

# Seconds without work after which this process ends. The next document starts a new one.
IDLE = 600
# Maximum bytes of writable memory. 5,000 lines take half of it.
MEMORY = 1024 * 1024 * 1024
# Bytes of memory above which this process ends after a document. The next document starts a smaller one.
_ENOUGH = 320 * 1024 * 1024
# Maximum threads for Typst. Each takes memory.
THREADS = 4
# The first bytes of font files (OpenType 1.9, “Organization of an OpenType font”; `true` is Apple's).
_FONT_STARTS = (b"\x00\x01\x00\x00", b"OTTO", b"ttcf", b"true")


def serve(root: Path) -> None:
    """Answer requests until this process uses too much memory. Typst may read `root` and nothing else.

    Raises EOFError if the program that sends the requests has ended.
    """
    import typst

    channel = socket.socket(fileno=0)
    threading.Thread(target=_end_with_the_program, args=(root,), daemon=True).start()
    while _taken() < _ENOUGH:
        # No code in this process handles SIGALRM, so the kernel ends the process even while Typst is busy.
        signal.alarm(IDLE)
        asked, files = receive(channel.recv)
        signal.alarm(asked["seconds"] + 1)
        try:
            made = _compiled(asked, files, root)
        except typst.TypstError as error:
            channel.sendall(packed({"error": str(error.diagnostic)}, {}))
        else:
            channel.sendall(packed({"error": ""}, {str(at): part for at, part in enumerate(made)}))


def _taken() -> int:
    """Return the current memory of this process in bytes (Linux; 0 elsewhere).

    The maximum is of no use, because it starts at the maximum of the parent process.
    """
    try:
        figures = os.open("/proc/self/statm", os.O_RDONLY)  # proc_pid_statm(5); pathlib takes ten times as long
    except OSError:
        return 0
    try:
        return int(os.read(figures, 100).split()[1]) * resource.getpagesize()
    finally:
        os.close(figures)


def _compiled(asked: dict[str, Any], files: dict[str, bytes], root: Path) -> list[bytes]:
    """Compile the request with Typst and return the PDF, or one image per page. Raises TypstError."""
    import typst

    texts = {name: files[name] for name in asked["texts"]}
    blobs = {name: files[name] for name in files.keys() - texts.keys()}
    for name, blob in blobs.items():
        (root / name).write_bytes(blob)
    try:
        fonts, families = _fonts(root, tuple(map(tuple, asked["fonts"])))
        # Pass files by name. Typst can distinguish only 65,535 files in the life of a process, and it reuses its work
        # for the next invoice only if file names and inputs are the same.
        compiler = typst.Compiler(
            {"families.json": json.dumps(families).encode(), **texts},
            root=root,
            font_paths=fonts,
            ignore_system_fonts=True,
            package_path=root,
            package_cache_path=root,
            sys_inputs=asked["inputs"],
        )
        made = compiler.compile(**asked["how"])
    finally:
        for name in blobs:
            (root / name).unlink()
    assert made is not None, "Typst returns what it was given no file for"
    return [made] if isinstance(made, bytes) else made


@lru_cache(4)
def _fonts(root: Path, files: tuple[tuple[str, int, int], ...]) -> tuple[Any, list[str]]:
    """Return our fonts with Typst's own and those in the files, and the families of the files.

    The result is cached, because reading fonts is slow. Sizes and dates only distinguish versions of a file.
    """
    import typst

    ours = str(Path(__file__).parent / "fonts")
    if not files:
        return typst.Fonts(False, True, [ours]), []
    chosen = root / f"fonts-{hash(files):x}"
    chosen.mkdir(exist_ok=True)
    for at, (path, _size, _age) in enumerate(files):
        link = chosen / f"{at}{Path(path).suffix}"
        if _is_font(path) and not link.is_symlink():
            link.symlink_to(path)
    return typst.Fonts(False, True, [ours, str(chosen)]), typst.Fonts(False, False, [str(chosen)]).families()


def _is_font(path: str) -> bool:
    """Return whether the path is a regular file that begins like a font. Opening a pipe must not block."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return stat.S_ISREG(os.fstat(descriptor).st_mode) and os.read(descriptor, 4) in _FONT_STARTS
    except OSError:
        return False
    finally:
        os.close(descriptor)


def packed(header: dict[str, Any], blobs: dict[str, bytes]) -> bytes:
    """Return a message. The header gets the names and lengths of the `blobs`, which follow it."""
    text = json.dumps(header | {"blobs": {name: len(blob) for name, blob in blobs.items()}}).encode()
    return b"".join([struct.pack(">Q", len(text)), text, *blobs.values()])


def receive(read: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read a message with `read(most)`, which returns at least one byte, or none at the end.

    Nothing may follow the message, because the other side waits for the answer. Raises EOFError if the other side has
    ended.
    """
    come = bytearray()

    def exactly(length: int) -> bytes:
        while len(come) < length:
            part = read(1 << 17)
            if not part:
                raise EOFError
            come.extend(part)
        found = bytes(come[:length])
        del come[:length]
        return found

    (length,) = struct.unpack(">Q", exactly(8))
    header = json.loads(exactly(length))
    return header, {name: exactly(size) for name, size in header.pop("blobs").items()}


def _end_with_the_program(root: Path) -> None:
    """End this process with the program. The other end of the socket closes even if the program is killed."""
    gone = select.poll()
    gone.register(0, 0)  # wait only for a hang-up
    gone.poll()
    shutil.rmtree(root, ignore_errors=True)
    os._exit(0)


def _limit() -> None:
    """Limit the memory and disable core dumps, which could contain an invoice.

    The memory limit works on Linux; macOS accepts but ignores it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    sys.path[:] = sys.argv[2:]
    os.environ["RAYON_NUM_THREADS"] = str(min(THREADS, os.cpu_count() or 1))
    _limit()
    try:
        serve(Path(sys.argv[1]))
    except (EOFError, OSError):
        shutil.rmtree(sys.argv[1], ignore_errors=True)
