"""Measure the cost of the safeguards of a send: `python scripts/bench send [--deliveries 10] [--rounds 3]`.

The postman sends real invoices to local servers that answer at once: the Google simulator, and an SMTP server with and
without members. The table shows the total time of a delivery and the time spent in the seal (reading and checking it,
and remembering finished deliveries), in the schema check and in the redactor. The rest is the time that a program
without these safeguards would need. Real servers take a hundred times as long. “Processor” is the CPU time of the
postman's own thread, without the servers and without waiting for the disk, so other load does not change it.
"""

import argparse
import functools
import os
import socketserver
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from keyring.backends import fail

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from facturier.mail import redaction
from facturier.mail.google.client import parse_client
from facturier.mail.google.connection import accept_grant
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.mail.senders import sealed, senders
from facturier.mail.sending import rounds
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.identity import load_identity
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.outbox.handed_over import HandedOver
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import create_company
from facturier.models.store.store import Store

GMAIL, DEFAULT = "billing@acme.example", "hello@acme.example"
# The functions to measure, by part. For nested calls, only the outermost one counts.
PARTS: dict[str, list[tuple[Any, str]]] = {
    "seal": [
        (senders, "checked_seal"),
        (senders, "handed_over"),
        (rounds, "remember_ended"),
        (sealed.SealedSender, "_check"),
        *((HandedOver, name) for name in ("add", "remove", "holds", "look", "looked")),
    ],
    "schema": [(Store, "check_schema")],
    "redactor": [(redaction.Redactor, name) for name in ("protect", "redact", "redact_lines")],
}


class Stopwatch:
    """Measures the seconds spent in each part, by `clock`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.spent = dict.fromkeys(PARTS, 0.0)
        self._inside = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Measure the functions of every part during the block."""
        before = [(owner, name, getattr(owner, name)) for found in PARTS.values() for owner, name in found]
        for part, found in PARTS.items():
            for owner, name in found:
                setattr(owner, name, self._measured(part, getattr(owner, name)))
        try:
            yield
        finally:
            for owner, name, function in before:
                setattr(owner, name, function)

    def _measured(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def measured(*arguments: Any, **more: Any) -> Any:
            if self._inside:
                return function(*arguments, **more)
            self._inside, began = True, self._clock()
            try:
                return function(*arguments, **more)
            finally:
                self.spent[part] += self._clock() - began
                self._inside = False

        return measured


class Accepting(socketserver.StreamRequestHandler):
    """An SMTP server that accepts every message and answers at once."""

    def handle(self) -> None:
        self._say("220 mail.example ESMTP")
        while line := self.rfile.readline():
            match line[:4].upper().strip():
                case b"DATA":
                    self._say("354 End with a dot")
                    while self.rfile.readline() not in (b".\r\n", b""):
                        pass
                    self._say("250 2.0.0 Ok: queued as 4F0")
                case b"QUIT":
                    return self._say("221 2.0.0 Bye")
                case _:
                    self._say("250 2.1.0 Ok")
        return None

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


@contextmanager
def company(folder: Path, google: Google, *, members: bool) -> Iterator[Workspace]:
    """Open a workspace at a new company whose default sender is a local SMTP server."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Accepting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        sender = DefaultSender("smtp", DEFAULT, "127.0.0.1", server.server_address[1], "none")
        store = create_company(folder / "acme.facturier", user="marie")
        save_company(store, replace(read_company(store), name="Acme", email=DEFAULT, sender=sender, undo=0))
        locations = Locations(folder / "data", folder / "log")
        identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=fail.Keyring())  # type: ignore[no-untyped-call]
        ws = open_workspace(store, locations, google_endpoints({"FACTURIER_GOOGLE": google.url}), identity=identity)
        if members:
            consent = Consent(parse_client(google.client_json()), ws.endpoints, 53682)
            accept_grant(ws, consent.accept(google.allow(consent.link)))
        yield ws
    finally:
        server.shutdown()
        server.server_close()


def queue_some(ws: Workspace, way: SenderKind, deliveries: int) -> None:
    for _delivery in range(deliveries):
        draft = new_draft(ws.store, ws.today(), Customer(name="Boulangerie Tremblay", email="marie@tremblay.example"))
        invoice = save_draft(ws.store, replace(draft, lines=(Line("Work", rate="100.00"),)), keep_customer=False)
        assert invoice.id is not None
        queue(ws, prepare(ws, invoice.id, replace(compose(ws, invoice.id), sender_kind=way)))


def measure(
    ws: Workspace, way: SenderKind, deliveries: int, clock: Callable[[], float]
) -> tuple[float, dict[str, float]]:
    """Return the milliseconds per delivery: in total, and by part."""
    queue_some(ws, way, deliveries)
    watch = Stopwatch(clock)
    with watch.watching():
        began = clock()
        done = postman(ws).deliver()
        whole = clock() - began
    assert done == deliveries, f"{done} of {deliveries} deliveries"
    return whole * 1000 / done, {part: seconds * 1000 / done for part, seconds in watch.spent.items()}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python scripts/bench send")
    parser.add_argument("--deliveries", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    print("| of one delivery, ms | all | " + " | ".join(PARTS) + " | together |\n|---|---|" + "---|" * (len(PARTS) + 1))
    for words, way, members in (
        ("Gmail", SenderKind.GMAIL, True),
        ("SMTP, with members", SenderKind.DEFAULT, True),
        ("SMTP, without members", SenderKind.DEFAULT, False),
    ):
        for clock, of in ((time.perf_counter, ""), (time.thread_time, ", processor")):
            with (
                tempfile.TemporaryDirectory() as name,
                Google((Account(GMAIL),), folder=Path(name)) as google,
                company(Path(name), google, members=members) as ws,
            ):
                measure(ws, way, 1, clock)  # a first delivery, to load modules
                found = [measure(ws, way, options.deliveries, clock) for _round in range(options.rounds)]
            whole = statistics.median(one for one, _parts in found)
            parts = [statistics.median(each[part] for _one, each in found) for part in PARTS]
            told = " | ".join(f"{part:.2f}" for part in parts)
            print(f"| {words}{of} | {whole:.1f} | {told} | {sum(parts):.2f} ({sum(parts) / whole:.1%}) |", flush=True)
    print(f"\nload of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
