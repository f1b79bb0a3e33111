"""One attempt to connect, which waits for several ways at once until one succeeds or the person cancels."""

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
    """The consent, the listener and the stop signal of an attempt.

    `granted` and `failed` may be called in any thread; `granted` is called at most once.
    """

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
        """The ssh command that forwards the answer to this machine."""
        return ssh_line(self._listener.port, os.environ)

    def accept(self, address: str) -> None:
        """Try a pasted address. This waits for Google. Raises ConnectError."""
        self.take(self._consent.accept(address))

    def take(self, grant: Grant) -> None:
        """Use the first grant, and ignore later ones."""
        with self._lock:
            if self.stopping.is_set():
                return
            self.stopping.set()
        self._granted(grant)

    def stop(self) -> None:
        """Close the socket and let the threads end. May be called twice."""
        self.stopping.set()
        with suppress(OSError):
            self._listener.stop()

    def _landed(self, address: str) -> None:
        """Handle an address that the browser reached. An error is shown in the browser and here."""
        try:
            self.accept(address)
        except ConnectError as error:
            self._failed(error)
            raise
