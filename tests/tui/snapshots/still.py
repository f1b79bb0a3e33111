"""Remove everything that would make two pictures of the same screen differ."""

import asyncio
import os
import pwd
import random
import re
import secrets
import shutil
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from facturier.mail.document import document
from facturier.mail.errors import DeviceRefused
from facturier.mail.google import device, loopback
from facturier.models.company import user
from facturier.models.text.i18n import _, speak

NOW = datetime(2026, 11, 4, 15, 30, tzinfo=UTC)
USER = "marie"
_NAMES = {USER: "Marie Tremblay", "paul": "Paul Roy"}
_PORT = 53682  # the port to which the browser is redirected
# The screens show the company's folder. A real folder with a path of the same length is replaced by this one.
_SHOWN_FOLDER = Path("/home/marie")


class Shown:
    """Random texts, and the texts of the same length that replace them in the pictures."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def put(self, real: str, shown: str) -> None:
        assert len(real) == len(shown), "the lines of the screen would break elsewhere"
        self._texts[real] = shown

    def __call__(self, picture: str) -> str:
        for real, shown in self._texts.items():
            picture = picture.replace(real, shown)
        for pattern, shown in _RANDOM.items():
            picture = pattern.sub(partial(_as_long, shown), picture)
        return picture


def _as_long(shown: str, found: re.Match[str]) -> str:
    return shown * len(found[0])


_RANDOM = {
    re.compile(r"(?<=={15})\d{19}(?===)"): "7",  # the boundary between parts of a message
    re.compile(r"(?<=\d\.)[0-9a-f]{32}"): "d",  # the mark of a delivery
    re.compile(r"\b[0-9a-f]{8}(?=\.eml)"): "0",  # the name of a message that was sent for the picture
    re.compile(r"\d+(?=(?:&#160;|\s)[Kk][Bbo]\b)"): "9",  # the size of a PDF, which depends on the version of Typst
}


@contextmanager
def folder(shown: Shown) -> Iterator[Path]:
    """Yield a folder whose path has the same length as the path that is shown."""
    parent = Path("/tmp")  # pytest's own folder has a path of different length on each machine
    path = Path()
    while not path.is_absolute():
        name = secrets.token_hex(len(str(_SHOWN_FOLDER)))[: len(str(_SHOWN_FOLDER)) - len(f"{parent}/")]
        with suppress(FileExistsError):
            (parent / name).mkdir(mode=0o700)
            path = parent / name
    shown.put(str(path), str(_SHOWN_FOLDER))
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextmanager
def language(spoken: str) -> Iterator[None]:
    speak(spoken)
    try:
        yield
    finally:
        speak("en")


@contextmanager
def time_zone(name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()


def hold_still(patch: pytest.MonkeyPatch) -> None:
    """Fix the person, their environment, the network and random numbers."""
    for name in [name for name in os.environ if name.startswith(("FACTURIER_", "SSH_"))]:
        patch.delenv(name)
    for name in ("NO_COLOR", "COLORTERM", "DISPLAY", "WAYLAND_DISPLAY", "KITTY_WINDOW_ID", "TERM_PROGRAM"):
        patch.delenv(name, raising=False)
    for name, value in (
        ("LOGNAME", USER),
        ("TERM", "xterm-256color"),
        ("SSH_CONNECTION", "203.0.113.7 50022 192.0.2.10 22"),
        ("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring"),
    ):
        patch.setenv(name, value)
    patch.setattr(pwd, "getpwnam", _person)
    user.full_name.cache_clear()
    patch.setattr("facturier.mail.message.make_msgid", lambda domain: f"<pictured@{domain}>")
    patch.setattr("email_validator.caching_resolver", _no_network)
    patch.setattr(device, "ask_device", _refuse_device)
    patch.setattr(loopback.Listener, "__init__", _listen)
    patch.setattr(document, "draw_page", _grey_page)
    chance = random.Random(12)
    patch.setattr(random.SystemRandom, "choice", lambda _self, letters: chance.choice(letters))


def _person(login: str) -> SimpleNamespace:
    if login not in _NAMES:
        raise KeyError(login)
    return SimpleNamespace(pw_gecos=_NAMES[login])


def _no_network(**_more: object) -> NoReturn:
    raise OSError


def _grey_page(*_arguments: object, width: int, **_more: object) -> tuple[bytes, int]:
    """Return a page without text, because versions of Typst draw text differently: PNG, 8-bit RGBA."""
    height = width * 4 // 3
    rows = (b"\0" + b"\xcc\xcc\xcc\xff" * width) * height
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    written = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written), 1


def _refuse_device(*_arguments: object) -> NoReturn:
    raise DeviceRefused(_("Google does not allow device codes for sending email."))


_listen_anywhere = loopback.Listener.__init__


def _listen(listener: loopback.Listener) -> None:
    _listen_anywhere(listener)
    listener.port = _PORT


class Threads:
    """The work that this process has given to threads and that is not finished."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._waiting: set[asyncio.Future[Any]] = set()
        run = asyncio.BaseEventLoop.run_in_executor

        def counted(
            loop: asyncio.BaseEventLoop, executor: Executor | None, work: Callable[..., Any], *arguments: Any
        ) -> asyncio.Future[Any]:
            future = run(loop, executor, work, *arguments)
            self._waiting.add(future)
            future.add_done_callback(self._waiting.discard)
            return future

        patch.setattr(asyncio.BaseEventLoop, "run_in_executor", counted)

    @property
    def busy(self) -> bool:
        return bool(self._waiting)
