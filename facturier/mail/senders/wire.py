"""A frozen message as SMTP's DATA carries it. Works on the bytes: what was signed or hashed stays as it was."""

import re

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BCC = re.compile(rb"^bcc[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


def on_the_wire(message: bytes) -> bytes:
    """The message without its Bcc field, every line ended by CRLF, leading dots doubled (RFC 5321, 2.3.8 and 4.5.2).

    Ends with CRLF; the line with the final dot is not part of it.
    """
    message = _LINE_END.sub(b"\r\n", message)
    head, blank, body = message.partition(b"\r\n\r\n")
    text = _BCC.sub(b"", head + b"\r\n") + blank.removeprefix(b"\r\n") + body
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    return _LEADING_DOT.sub(b"..", text)
