"""An SMTP server on a real socket that follows a script and records what it receives."""

import socket
import ssl
import threading
from collections.abc import Callable

# The answer to a command: a reply, None to hang up, or a function to call with the socket.
Answer = str | None | Callable[[socket.socket], None]


class ScriptedServer:
    """`script` overrides the answer to a command: GREETING, EHLO, AUTH, MAIL, RCPT, DATA, BODY (sent when the first
    bytes of the message arrive), DOT, NOOP, STARTTLS. To override a RCPT for one address, use `RCPT a@b.example`."""

    def __init__(
        self, script: dict[str, Answer] | None = None, *, tls: ssl.SSLContext | None = None, offers: str = "SIZE 0"
    ) -> None:
        self.script = script or {}
        self.tls = tls
        self.offers = offers
        self.verbs: list[str] = []
        self.lines: list[bytes] = []
        self.messages: list[bytes] = []
        self.dots = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "ScriptedServer":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(10)
            try:
                if self.tls:
                    client = self.tls.wrap_socket(client, server_side=True)
                self._talk(client)
            except OSError:
                pass
            finally:
                client.close()

    def _talk(self, client: socket.socket) -> None:
        self._answer(client, "GREETING", "220 mail.example ESMTP")
        with client.makefile("rb") as lines:
            while line := lines.readline():
                self.lines.append(line)
                verb, _, rest = line.decode(errors="replace").strip().partition(" ")
                self.verbs.append(verb.upper())
                match self.verbs[-1]:
                    case "EHLO":
                        offers = "".join(f"250-{offer}\r\n" for offer in self.offers.split(",") if offer)
                        self._answer(client, "EHLO", f"250-mail.example\r\n{offers}250 ENHANCEDSTATUSCODES")
                    case "RCPT":
                        verb = f"RCPT {rest[4:-1]}"
                        self._answer(client, verb if verb in self.script else "RCPT", "250 2.1.5 Ok")
                    case "DATA":
                        self._answer(client, "DATA", "354 End with a dot")
                        if "DATA" not in self.script:
                            self._read_message(client, lines.readline)
                    case "QUIT":
                        self._answer(client, "QUIT", "221 2.0.0 Bye")
                        return
                    case "AUTH":
                        self._answer(client, "AUTH", "235 2.7.0 Welcome")
                    case verb:
                        self._answer(client, verb, "250 2.0.0 Ok")

    def _read_message(self, client: socket.socket, read_line: Callable[[], bytes]) -> None:
        message = b""
        while (line := read_line()) != b".\r\n":
            if not line:
                raise ConnectionError
            if not message and "BODY" in self.script:
                self._answer(client, "BODY", "")
            message += line
        self.dots += 1
        self.messages.append(message)
        self._answer(client, "DOT", "250 2.0.0 Ok: queued as 4F0")

    def _answer(self, client: socket.socket, verb: str, usual: str) -> None:
        answer = self.script.get(verb, usual)
        if callable(answer):
            answer(client)
        elif answer is None:
            raise ConnectionError
        else:
            client.sendall(f"{answer}\r\n".encode())
