"""The process that runs Typst: `renderer.py` starts it and talks to it over its standard input, a socket.

Typst can abort the process it runs in, use all memory or never end. Here that ends this process, and nothing else. It
knows nothing of the program: it is run as a file, with the folders in which Python looks for modules as arguments, and
imports nothing of ours. It gets neither the company file nor the program's environment.

A message is the length of a JSON object (8 bytes, big endian), the object, and the bytes that the object announces.
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

# Seconds without work after which this process ends; the next document starts another one.
IDLE = 600
# Bytes of writable memory. 5,000 lines take half of it.
MEMORY = 1024 * 1024 * 1024
# Bytes of memory after which this process ends: the next document starts one that takes less.
_ENOUGH = 320 * 1024 * 1024
# Threads that Typst uses: each takes memory.
THREADS = 4
# What font files begin with (OpenType 1.9, “Organization of an OpenType font”; `true` is Apple's).
_FONT_STARTS = (b"\x00\x01\x00\x00", b"OTTO", b"ttcf", b"true")


def serve(root: Path) -> None:
    """Answer requests until the program that asks has gone, which raises EOFError, or a large document has been made.
    Typst may read `root` and nothing else."""
    import typst

    channel = socket.socket(fileno=0)
    threading.Thread(target=_end_with_the_program, args=(root,), daemon=True).start()
    while _taken() < _ENOUGH:
        # Nothing in this process handles SIGALRM, so the kernel ends it, whatever Typst is doing.
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
    """The memory that this process has now, in bytes (Linux; 0 elsewhere). Its maximum is no measure: it begins with
    that of the program that started this process."""
    try:
        figures = os.open("/proc/self/statm", os.O_RDONLY)  # proc_pid_statm(5); pathlib would take ten times as long
    except OSError:
        return 0
    try:
        return int(os.read(figures, 100).split()[1]) * resource.getpagesize()
    finally:
        os.close(figures)


def _compiled(asked: dict[str, Any], files: dict[str, bytes], root: Path) -> list[bytes]:
    """What Typst makes of the request. Raises TypstError."""
    import typst

    texts = {name: files[name] for name in asked["texts"]}
    blobs = {name: files[name] for name in files.keys() - texts.keys()}
    for name, blob in blobs.items():
        (root / name).write_bytes(blob)
    try:
        fonts, families = _fonts(root, tuple(map(tuple, asked["fonts"])))
        # Files by name, because Typst can tell only 65,535 apart in the life of a process, and because what it has set
        # for one invoice it uses again for the next only where their names, and its inputs, are the same.
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
    """Our fonts, those in Typst and those in the files, and the families of the files. Kept, because reading them takes
    time. Sizes and dates are only there to tell one state of a file from the next."""
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
    """Whether it is a regular file that begins as fonts do. Opening a pipe must not wait for its other end."""
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
    """A message; `blobs` follow the header, which gets their names and lengths."""
    text = json.dumps(header | {"blobs": {name: len(blob) for name, blob in blobs.items()}}).encode()
    return b"".join([struct.pack(">Q", len(text)), text, *blobs.values()])


def receive(read: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A message, by `read(most)`, which returns at least one byte. Nothing may follow it: the other side waits for the
    answer. Raises EOFError where the other side has gone."""
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
    """The other end of the socket is closed when the program ends, also when it is killed."""
    gone = select.poll()
    gone.register(0, 0)  # only a hang-up is waited for
    gone.poll()
    shutil.rmtree(root, ignore_errors=True)
    os._exit(0)


def _limit() -> None:
    """Bound the memory (Linux; macOS knows this limit and does not keep it), and leave no invoice in a core file."""
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
