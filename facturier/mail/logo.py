"""The company's logo, put where Typst may read it."""

from pathlib import Path

from facturier.mail.errors import DocumentError
from facturier.models.language import _
from facturier.models.paths import typed_path

_PNG = b"\x89PNG\r\n\x1a\n"
# Every message carries it, so it has to stay far below the size that mail servers take.
_LARGEST = 2 * 1024 * 1024
# A picture of one colour packs to nothing, and takes four bytes a pixel once it is drawn.
_MOST_PIXELS = 20_000_000


def place_logo(path: str, root: Path) -> str:
    """Copy the logo into Typst's private folder. Its name there: `/logo.png` or `/logo.svg`. Raises DocumentError."""
    name, picture = read_logo(path)
    (root / name).write_bytes(picture)
    return f"/{name}"


def read_logo(path: str) -> tuple[str, bytes]:
    """The logo's bytes, and `logo.png` or `logo.svg` by what they are. Raises DocumentError where it cannot be used."""
    try:
        picture = typed_path(path).read_bytes()
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error
    if len(picture) > _LARGEST:
        raise _refused(path, _("it is larger than 2 MB"))
    if picture.startswith(_PNG):
        width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))  # PNG, section 11.2.1
        if width * height > _MOST_PIXELS:
            raise _refused(path, _("it has more than 20 million pixels"))
        return "logo.png", picture
    if b"<svg" in picture[:4096]:
        return "logo.svg", picture
    raise _refused(path, _("it is neither PNG nor SVG"))


def _refused(path: str, why: str) -> DocumentError:
    return DocumentError(
        _("The logo {path} cannot be used: {why}.").format(path=path, why=why),
        todo=_("Choose a PNG or SVG file in Settings, or leave it empty."),
    )
