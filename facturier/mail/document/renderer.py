"""Start, use and stop the separate process that draws documents.

The process starts with the first document and answers one request at a time. If it ends or takes too long, the current
document fails with an error, and the next one gets a new process.
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

# Seconds that one document may take. 5,000 lines take five seconds on a slow machine.
SECONDS = 20
# Seconds before an abandoned document is stopped. Most finish sooner than a new process would start.
_PATIENCE = 1.0
# Seconds between checks for an abandoned document.
_LOOK = 0.05
# Seconds before a document that took too much is tried again. The preview requests it after every change.
_REMEMBERED = 30.0
# Some Pythons need these to find their library or a place for temporary files.
_PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
_WORKER = str(Path(__file__).with_name("worker.py"))
_log = logging.getLogger(__name__)


class RenderingStopped(DocumentError):
    """The document took too much time or memory, crashed the renderer, or was abandoned."""


class TypstRefused(Exception):
    """Typst rejected a request. `diagnostic` is its own message."""

    def __init__(self, diagnostic: str) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Request:
    """A request to Typst.

    `texts` and `blobs` are the files that it sees; it compiles `main.typ`. `inputs` are its `sys.inputs`. `fonts` are
    paths with sizes in bytes and change times in nanoseconds. `how` holds the arguments of `typst.Compiler.compile`.
    """

    texts: Mapping[str, str]
    how: Mapping[str, Any]
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    fonts: tuple[tuple[str, int, int], ...] = ()

    def digest(self) -> bytes:
        """Return a hash of the document. It is the same for a PDF and for images."""
        texts = repr((sorted(self.texts.items()), self.fonts)).encode(errors="surrogatepass")
        return hashlib.sha256(b"".join([texts, *self.blobs.values()])).digest()

    def message(self, seconds: int) -> bytes:
        """Return the bytes to send to the process.

        Texts are sent as they are, because JSON would escape all their quotes.
        """
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
    """Manages the process for any number of threads."""

    def __init__(self, seconds: int = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self._stops = 0
        self._failed: dict[bytes, tuple[float, str]] = {}

    def render(self, request: Request, name: str, abandoned: Callable[[], bool] = lambda: False) -> list[bytes]:
        """Return the PDF, or one image per page. `name` is the name of the document in errors.

        Raises RenderingStopped if the document takes too much time or memory or `abandoned` returns True, TypstRefused
        if Typst rejects it, and DocumentError if no process can be started.
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
                except Exception as error:  # noqa: BLE001 - after any error there is no answer
                    status = worker.end()
                    self._check(request, stops, name)
                    if isinstance(error, _Abandoned):
                        raise _given_up(name) from None
                    _log.warning("the renderer ended with status %s", status)
                    if fresh:  # else what it kept of other documents may have been too much, or its time was over
                        why = _("it needs too much memory, or crashes the program that draws it")
                        raise self._remembered(request, name, why) from None
                except BaseException:  # Ctrl+C: the rest of the answer must not be read as the next one
                    worker.end()
                    raise

    def start(self) -> None:
        """Start the process in advance. Raises DocumentError if it cannot be started."""
        with self._lock:
            self._running()

    def stop(self) -> None:
        """Stop the process. Waiting threads get RenderingStopped; the next request starts a new process."""
        self._stops += 1
        if (worker := self._worker) is None:
            return
        worker.kill()
        if self._lock.acquire(blocking=False):  # otherwise the waiting thread cleans up
            try:
                worker.end()
            finally:
                self._lock.release()

    def _running(self) -> "tuple[_Worker, bool]":
        """Return the process, and whether it was just started. Raises DocumentError if it cannot be started."""
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
        """Raises RenderingStopped if all drawing was stopped meanwhile, or if this document failed recently."""
        if stops != self._stops:
            raise _given_up(name)
        if not self._failed:  # the usual case; a digest takes longer than sending the request
            return
        now = time.monotonic()
        self._failed = {key: found for key, found in self._failed.items() if now - found[0] < _REMEMBERED}
        if (digest := request.digest()) in self._failed:
            raise _too_much(name, self._failed[digest][1])

    def _remembered(self, request: Request, name: str, why: str) -> RenderingStopped:
        self._failed[request.digest()] = time.monotonic(), why
        return _too_much(name, why)


class _Abandoned(Exception):
    """The document was abandoned."""


class _Worker:
    """One process with its private folder. Raises OSError if it cannot be started."""

    def __init__(self) -> None:
        with contextlib.ExitStack() as opened:
            root = opened.enter_context(scratch_folder())
            self._channel, its_end = socket.socketpair()
            opened.callback(self._channel.close)
            self._channel.settimeout(_LOOK)
            with its_end:
                self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own file
                    # Isolated mode (-I -S) ignores the environment and the person's own modules.
                    [sys.executable, "-I", "-S", _WORKER, root, *filter(None, sys.path)],
                    stdin=its_end.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                    start_new_session=True,  # Ctrl+C in the terminal must not reach it
                )
            self._opened = opened.pop_all()

    def poll(self) -> int | None:
        """Return the exit status, or None while the process runs."""
        return self._process.poll()

    def kill(self) -> None:
        """Kill the process. The thread that waits for an answer then gets an error."""
        with contextlib.suppress(PermissionError):  # if this program has changed its user since
            self._process.kill()

    def end(self) -> int:
        """Kill the process and remove its folder. Return the exit status."""
        self.kill()
        self._channel.close()  # this also ends the process
        status = self._process.wait()
        self._opened.close()
        return status

    def ask(self, request: Request, seconds: int, abandoned: Callable[[], bool]) -> list[bytes]:
        """Send a request and return the answer.

        Raises TypstRefused, TimeoutError or _Abandoned, and EOFError or OSError if the process has ended.
        """
        began = time.monotonic()

        def waiting(step: Callable[[], Any]) -> Any:
            """Repeat the step until it succeeds."""
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
    """Return the renderer of this program."""
    found = Renderer()
    atexit.register(found.stop)
    return found


def stop_rendering() -> None:
    """Stop all drawing when the program ends."""
    if renderer.cache_info().currsize:
        renderer().stop()


def _given_up(name: str) -> RenderingStopped:
    return RenderingStopped(_("Could not finish {document}.").format(document=name))


def _too_much(name: str, why: str) -> RenderingStopped:
    return RenderingStopped(
        _("Cannot create {document}: {why}.").format(document=name, why=why),
        todo=_("Shorten its text, or choose a simpler logo or fewer fonts."),
    )
