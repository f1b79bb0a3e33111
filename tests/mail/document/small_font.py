"""A font derived from ours, with one other character and its own name."""

import struct
from pathlib import Path

import facturier.mail.document.document

_OURS = Path(facturier.mail.document.document.__file__).parent / "fonts" / "Inter-Regular.ttf"


def font_with(character: str) -> bytes:
    """Return an OpenType font, `Extra`, that contains only `character`, drawn like the letter X."""
    tables = _tables(_OURS.read_bytes())
    tables["name"] = tables["name"].replace("Inter".encode("utf-16-be"), "Extra".encode("utf-16-be"))
    x = _glyph_of("X", tables["cmap"])
    groups = struct.pack(">HHIIIIII", 12, 0, 28, 0, 1, ord(character), ord(character), x)
    tables["cmap"] = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + groups
    return _written(tables)


def _tables(font: bytes) -> dict[str, bytes]:
    """Return the tables by tag, in directory order (OpenType 1.9, “Organization of an OpenType font”)."""
    (count,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * at) for at in range(count))
    return {tag.decode(): font[start : start + length] for tag, _sum, start, length in entries}


def _glyph_of(character: str, cmap: bytes) -> int:
    """Return the glyph id from the cmap subtable of format 12."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for at in range(count):
        (start,) = struct.unpack_from(">I", cmap, 4 + 8 * at + 4)
        if struct.unpack_from(">H", cmap, start) == (12,):
            (groups,) = struct.unpack_from(">I", cmap, start + 12)
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">III", cmap, start + 16 + 12 * group)
                if first <= ord(character) <= last:
                    return int(glyph + ord(character) - first)
    raise ValueError(character)


def _written(tables: dict[str, bytes]) -> bytes:
    start = 12 + 16 * len(tables)
    directory, body = struct.pack(">IHHHH", 0x00010000, len(tables), 0, 0, 0), b""
    for tag, table in tables.items():
        directory += struct.pack(">4sIII", tag.encode(), 0, start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return directory + body
