"""A process that has loaded the program and forks for each command, because loading takes most of the time of one.

The command runs in a process of its own, with its own streams, environment, folder and session, through the same entry
point. `Program.start`, `Program.shell` and the tests in a terminal load the program as its users do.
"""

import atexit
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

# Python and the C library read these when they start.
_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "COVERAGE")
_PATIENCE = 180.0
_HEAD = struct.Struct("!I")


def read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that cannot be changed for a command: the process was started with them."""
    return {name: value for name, value in environment.items() if name.startswith(_AT_START)}


class LoadedProgram:
    """The process, for one person and place of those variables that count when Python starts."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._ours, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.whole.loaded", str(theirs.fileno())],
                env=dict(environment),
                stdin=subprocess.PIPE,  # the program's own streams are pipes too
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self._end)

    def _end(self) -> None:
        self._ours.close()
        self._process.communicate()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], stdin: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command and return what it wrote, and its status."""
        pipes = [os.pipe() for _stream in range(4)]
        (theirs_in, ours_in), (ours_out, theirs_out), (ours_err, theirs_err), (ours_status, theirs_status) = pipes
        request = json.dumps([[*arguments], dict(environment), str(Path.cwd())]).encode()
        given = [theirs_in, theirs_out, theirs_err, theirs_status]
        with self._lock:
            socket.send_fds(self._ours, [_HEAD.pack(len(request))], given)
            self._ours.sendall(request)
        for number in given:
            os.close(number)
        with ThreadPoolExecutor(4) as pool:
            out, err, status = (pool.submit(_read, number) for number in (ours_out, ours_err, ours_status))
            pool.submit(_write, ours_in, stdin)
            try:
                said = status.result(_PATIENCE).split()
            except TimeoutError:
                os.killpg(self._process.pid, signal.SIGKILL)  # otherwise the threads wait forever
                raise
            assert len(said) == 1, f"{arguments}: ended without a status\n{out.result()}{err.result()}"
            return subprocess.CompletedProcess(arguments, int(said[0]), out.result(), err.result())


def _read(number: int) -> str:
    with open(number, encoding="utf-8") as stream:
        return stream.read()


def _write(number: int, text: str) -> None:
    try:
        with open(number, "w", encoding="utf-8") as stream:
            stream.write(text)
    except BrokenPipeError:
        pass  # the command did not read it


@cache
def _loaded(at_start: frozenset[tuple[str, str]]) -> LoadedProgram:
    return LoadedProgram({"PATH": os.environ.get("PATH", ""), **dict(at_start)})


def run_loaded(
    arguments: Sequence[str], environment: Mapping[str, str], stdin: str
) -> "subprocess.CompletedProcess[str]":
    return _loaded(frozenset(read_at_start(environment).items())).run(arguments, environment, stdin)


def _serve(control: socket.socket) -> None:
    """Fork for each request, until the tests end."""
    import gc

    gc.freeze()
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        head, numbers, _flags, _address = socket.recv_fds(control, _HEAD.size, 4)
        if not head:
            return
        request = b""
        while len(request) < _HEAD.unpack(head)[0]:
            request += control.recv(1 << 16)
        if os.fork() == 0:
            control.close()
            _become(numbers, *json.loads(request))
        for number in numbers:
            os.close(number)


def _reap(_number: int, _frame: object) -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _become(numbers: Sequence[int], arguments: Sequence[str], environment: dict[str, str], folder: str) -> None:
    """Be the program, with these streams and a pipe for the status."""
    import gc
    import random

    import facturier.__main__ as program

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for place, number in enumerate(numbers[:3]):
        os.dup2(number, place)
        os.close(number)
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    random.seed()
    assert program.__file__ is not None
    sys.argv = [program.__file__, *arguments]
    try:
        program.run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - printed, as Python does
        sys.excepthook(*sys.exc_info())
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()  # warns of what was not closed
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os.write(numbers[3], str(status).encode())
    os._exit(status)


def _load() -> None:
    """Import what the commands import, and the libraries that they load late."""
    import importlib
    import pkgutil

    import facturier.mail
    import facturier.models
    import facturier.tui.cli

    for package in (facturier.models, facturier.mail, facturier.tui.cli):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for name in _LIBRARIES:
        importlib.import_module(name)


_LIBRARIES = (
    "babel.dates",
    "babel.numbers",
    "cryptography.hazmat.primitives.ciphers.aead",
    "email_validator",
    "google.oauth2.credentials",
    "google_auth_oauthlib.flow",
    "googleapiclient.discovery",
    "markdown_it",
    "requests",
)


if __name__ == "__main__":
    _load()
    assert threading.active_count() == 1, "a fork would lose the other threads"
    with socket.socket(fileno=int(sys.argv[1])) as connected:
        _serve(connected)
