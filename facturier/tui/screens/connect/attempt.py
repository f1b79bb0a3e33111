"""One attempt to connect: every way at once, until one succeeds or the person stops it."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

from facturier.mail.errors import ConnectError
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.consent import Consent
from facturier.mail.google.grant import Grant
from facturier.mail.google.loopback import Listener, ssh_line
from facturier.mail.workspace import Workspace


class Attempt:
    """Holds the consent, the listener and the wish to stop. `granted` and `failed` are called in any thread, `granted`
    once at most."""

    def __init__(
        self,
        ws: Workspace,
        client: OAuthClient,
        *,
        hint: str,
        granted: Callable[[Grant], object],
        failed: Callable[[ConnectError], object],
    ) -> None:
        self.client = client
        self.stopping = threading.Event()
        self._granted = granted
        self._failed = failed
        self._lock = threading.Lock()
        self._listener = Listener()
        try:
            self._consent = Consent(
                client, ws.endpoints, self._listener.port, clock=ws.clock, hint=hint, stop=self.stopping
            )
        except BaseException:
            self._listener.stop()
            raise
        self._listener.start(self._consent.state, self._landed)

    @property
    def link(self) -> str:
        return self._consent.link

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def ssh(self) -> str:
        """The line that brings the answer here through SSH."""
        return ssh_line(self._listener.port, os.environ)

    def accept(self, address: str) -> None:
        """Try an address that was pasted. Blocks while Google is asked. Raises ConnectError."""
        self.take(self._consent.accept(address))

    def take(self, grant: Grant) -> None:
        """The first grant wins; whatever comes later is dropped."""
        with self._lock:
            if self.stopping.is_set():
                return
            self.stopping.set()
        self._granted(grant)

    def stop(self) -> None:
        """Close the socket and let the threads end. Twice is no harm."""
        self.stopping.set()
        with suppress(OSError):
            self._listener.stop()

    def _landed(self, address: str) -> None:
        """A browser came back. What is wrong is shown there, and here."""
        try:
            self.accept(address)
        except ConnectError as error:
            self._failed(error)
            raise
