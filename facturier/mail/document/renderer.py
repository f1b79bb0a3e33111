"""Documents are drawn in a process of their own, which may be killed: this starts it, asks it and ends it.

It is started with the first document and answers one request after the other. Where it ends or takes too long over a
document, that document fails with a sentence, and the next one gets a new process.
"""

import atexit
import contextlib
import hashlib
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from facturier.mail.document import worker as document_worker
from facturier.mail.errors import DocumentError
from facturier.mail.scratch import scratch_folder
from facturier.models.text.i18n import _

# Seconds that one document may take. 5,000 lines take five on a slow machine.
SECONDS = 20
# Seconds before a document that nobody waits for any more is given up: most are ready sooner than a new process.
_PATIENCE = 1.0
# Seconds between two looks at whether anybody still waits.
_LOOK = 0.05
# Seconds for which a document that cost too much is not tried again: the preview asks after every change.
_REMEMBERED = 30.0
# Without these, some Pythons find neither their library nor a place for temporary files.
_PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
_WORKER = str(Path(__file__).with_name("worker.py"))
_log = logging.getLogger(__name__)


class RenderingStopped(DocumentError):
    """The document took too much time or memory, ended the renderer, or nobody waited for it any more."""


class TypstRefused(Exception):
    """Typst says why it makes nothing of a request; `diagnostic` is its own text."""

    def __init__(self, diagnostic: str) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Request:
    """What Typst is to make: `texts` and `blobs` are the files that it sees, `main.typ` the first; `fonts` are paths
    with sizes and dates; `how` are the arguments of `typst.Compiler.compile`."""

    texts: Mapping[str, str]
    how: Mapping[str, Any]
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    fonts: tuple[tuple[str, int, int], ...] = ()

    def digest(self) -> bytes:
        """The same for the same document, whether it becomes a PDF or pictures."""
        texts = repr((sorted(self.texts.items()), self.fonts)).encode(errors="surrogatepass")
        return hashlib.sha256(b"".join([texts, *self.blobs.values()])).digest()

    def message(self, seconds: int) -> bytes:
        """What the process is sent. Texts go as they are: inside JSON, all their quotes would be escaped."""
        header = {
            "texts": list(self.texts),
            "how": dict(self.how),
            "inputs": dict(self.inputs),
            "fonts": self.fonts,
            "seconds": seconds,
        }
        files = {name: text.encode() for name, text in self.texts.items()}
        return document_worker.packed(header, files | dict(self.blobs))


class Renderer:
    """The process and the way to it, for any number of threads."""

    def __init__(self, seconds: int = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self._stops = 0
        self._failed: dict[bytes, tuple[float, str]] = {}

    def render(self, request: Request, name: str, abandoned: Callable[[], bool] = lambda: False) -> list[bytes]:
        """The PDF, or a picture per page. `name` is what the document is called in errors; once it is `abandoned`,
        nobody waits for it any more.

        Raises RenderingStopped, TypstRefused, and DocumentError where no process can be started.
        """
        stops = self._stops
        with self._lock:
            while True:
                worker, fresh = self._running()
                self._check(request, stops, name)
                try:
                    return worker.ask(request, self._seconds, abandoned)
                except TypstRefused:
                    raise
                except TimeoutError:
                    worker.end()
                    why = _("it takes more than {seconds} seconds").format(seconds=self._seconds)
                    raise self._remembered(request, name, why) from None
                except Exception as error:  # noqa: BLE001 - whatever it is, there is no answer
                    status = worker.end()
                    self._check(request, stops, name)
                    if isinstance(error, _Abandoned):
                        raise _given_up(name) from None
                    _log.warning("the renderer ended with status %s", status)
                    if fresh:  # else what it kept of other documents may have been too much, or its time was over
                        why = _("it takes too much memory, or crashes the program that draws it")
                        raise self._remembered(request, name, why) from None
                except BaseException:  # Ctrl+C: half an answer must not be read as the next one
                    worker.end()
                    raise

    def start(self) -> None:
        """Have the process ready. Raises DocumentError where none can be started."""
        with self._lock:
            self._running()

    def stop(self) -> None:
        """End the process. Threads that wait for a document get RenderingStopped; the next request starts anew."""
        self._stops += 1
        if (worker := self._worker) is None:
            return
        worker.kill()
        if self._lock.acquire(blocking=False):  # else the thread that waits for its answer does the rest
            try:
                worker.end()
            finally:
                self._lock.release()

    def _running(self) -> "tuple[_Worker, bool]":
        """The process, and whether it was started just now. Raises DocumentError where none can be."""
        if self._worker is not None:
            if self._worker.poll() is None:
                return self._worker, False
            self._worker.end()
        try:
            self._worker = _Worker()
        except OSError as error:
            reason = error.strerror or str(error)
            raise DocumentError(_("Cannot create the PDF: {reason}").format(reason=reason)) from error
        return self._worker, True

    def _check(self, request: Request, stops: int, name: str) -> None:
        """Raises RenderingStopped where the program has stopped all drawing, or this document failed just now."""
        if stops != self._stops:
            raise _given_up(name)
        if not self._failed:  # nearly always: making a digest takes longer than the hand-over
            return
        now = time.monotonic()
        self._failed = {key: found for key, found in self._failed.items() if now - found[0] < _REMEMBERED}
        if (digest := request.digest()) in self._failed:
            raise _too_much(name, self._failed[digest][1])

    def _remembered(self, request: Request, name: str, why: str) -> RenderingStopped:
        self._failed[request.digest()] = time.monotonic(), why
        return _too_much(name, why)


class _Abandoned(Exception):
    """Nobody waits for the document any more."""


class _Worker:
    """One process, with its private folder. Raises OSError where it cannot be started."""

    def __init__(self) -> None:
        with contextlib.ExitStack() as opened:
            root = opened.enter_context(scratch_folder())
            self._channel, its_end = socket.socketpair()
            opened.callback(self._channel.close)
            self._channel.settimeout(_LOOK)
            with its_end:
                self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own file
                    # Alone, it would read neither the environment nor the person's own modules.
                    [sys.executable, "-I", "-S", _WORKER, root, *filter(None, sys.path)],
                    stdin=its_end.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                    start_new_session=True,  # keys of the terminal are not meant for it
                )
            self._opened = opened.pop_all()

    def poll(self) -> int | None:
        """The exit status, None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """The thread that waits for its answer sees it end."""
        with contextlib.suppress(PermissionError):  # where this program has become another user since
            self._process.kill()

    def end(self) -> int:
        """Kill it and take away its folder; the exit status."""
        self.kill()
        self._channel.close()  # which ends it too
        status = self._process.wait()
        self._opened.close()
        return status

    def ask(self, request: Request, seconds: int, abandoned: Callable[[], bool]) -> list[bytes]:
        """Raises TypstRefused, TimeoutError, _Abandoned, and EOFError or OSError where the process has ended."""
        began = time.monotonic()

        def waiting(step: Callable[[], Any]) -> Any:
            """The step, tried until it can be done."""
            while True:
                try:
                    return step()
                except TimeoutError:
                    passed = time.monotonic() - began
                    if passed > seconds:
                        raise
                    if passed > _PATIENCE and abandoned():
                        raise _Abandoned from None

        rest = memoryview(request.message(seconds))
        while rest:
            rest = rest[waiting(lambda: self._channel.send(rest)) :]  # noqa: B023 - called at once
        answer, parts = document_worker.receive(lambda most: waiting(lambda: self._channel.recv(most)))
        if answer["error"]:
            raise TypstRefused(str(answer["error"]))
        return list(parts.values())


@cache
def renderer() -> Renderer:
    """The one of this program."""
    found = Renderer()
    atexit.register(found.stop)
    return found


def stop_rendering() -> None:
    """End what was drawing, as the program ends: nobody waits for a document any more."""
    if renderer.cache_info().currsize:
        renderer().stop()


def _given_up(name: str) -> RenderingStopped:
    return RenderingStopped(_("Did not finish {document}.").format(document=name))


def _too_much(name: str, why: str) -> RenderingStopped:
    return RenderingStopped(
        _("Cannot create {document}: {why}.").format(document=name, why=why),
        todo=_("Shorten its texts, or choose a simpler logo and fewer fonts."),
    )
