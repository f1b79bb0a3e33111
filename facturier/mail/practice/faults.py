"""Faults that a test orders at the stand-in: the ways in which a network and a server let one down."""

from dataclasses import dataclass

from facturier.mail.practice.replies import Reply


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` requests of one kind (see `Google.counts` for the kinds).

    `accept` is whether the request takes effect all the same. Then, after `delay` seconds, the connection is dropped
    (`drop`) or `answer` is given in place of the true one. With `cut`, the connection is reset once that many bytes of
    a PUT's body have arrived (they count as received), or after the body of another request; nothing takes effect.
    """

    on: str
    answer: Reply | None = None
    accept: bool = False
    drop: bool = False
    delay: float = 0
    cut: int | None = None
    times: int = 1
