"""The company's logo: a regular file, PNG or SVG, within bounds."""

import os
import stat

from facturier.mail.errors import DocumentError
from facturier.mail.logo_svg import svg_problem
from facturier.models.language import _
from facturier.models.paths import typed_path

_PNG = b"\x89PNG\r\n\x1a\n"
# Every message carries it, so it has to stay far below the size that mail servers take.
_LARGEST = 2 * 1024 * 1024
# A picture of one colour packs to nothing, and takes four bytes a pixel once it is drawn.
_MOST_PIXELS = 20_000_000


def read_logo(path: str) -> tuple[str, bytes]:
    """The logo's bytes, and `logo.png` or `logo.svg` by what they are. Raises DocumentError where it cannot be used."""
    picture = _read(path)
    if picture.startswith(_PNG):
        width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))  # PNG, section 11.2.1
        if width * height > _MOST_PIXELS:
            raise _refused(path, _("it has more than 20 million pixels"))
        return "logo.png", picture
    if b"<svg" in picture[:4096]:
        if problem := svg_problem(picture):
            raise _refused(path, problem)
        return "logo.svg", picture
    raise _refused(path, _("it is neither PNG nor SVG"))


def _read(path: str) -> bytes:
    """A regular file of at most 2 MB: a pipe may never give anything, a device may never end. Raises DocumentError."""
    try:
        descriptor = os.open(typed_path(path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _refused(path, _("it is not a file"))
            picture = b""
            while len(picture) <= _LARGEST and (part := os.read(descriptor, _LARGEST)):
                picture += part
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        raise _refused(path, getattr(error, "strerror", None) or _("it is not a file")) from error
    if len(picture) > _LARGEST:
        raise _refused(path, _("it is larger than 2 MB"))
    return picture


def _refused(path: str, why: str) -> DocumentError:
    return DocumentError(
        _("The logo {path} cannot be used: {why}.").format(path=path, why=why),
        todo=_("Choose a PNG or SVG file in Settings, or leave it empty."),
    )
