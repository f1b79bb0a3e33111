"""A page as half blocks: correct pixels, few bytes."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.mail.document.document import make_pages
from facturier.mail.document.half_blocks import BUDGET, as_ansi, page_picture
from tests.mail.samples import a_company, an_invoice, many_lines


def a_png(lines: list[list[tuple[int, int, int, int]]], filters: list[int], colour: int = 6) -> bytes:
    """Return a PNG that uses the given filter for each line (PNG specification, section 9.2)."""
    raw, above = b"", bytes(4 * len(lines[0]))
    for line, kind in zip(lines, filters, strict=True):
        flat = bytes(channel for pixel in line for channel in pixel)
        raw += bytes([kind]) + bytes((flat[at] - guessed(kind, flat, above, at)) % 256 for at in range(len(flat)))
        above = flat
    header = struct.pack(">IIBBBBB", len(lines[0]), len(lines), 8, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def guessed(kind: int, line: bytes, above: bytes, at: int) -> int:
    left, corner = (line[at - 4], above[at - 4]) if at >= 4 else (0, 0)
    up = above[at]
    nearest = min((left, up, corner), key=lambda guess: abs(left + up - corner - guess))
    return (0, left, up, (left + up) // 2, nearest)[kind]


RED, BLUE, WHITE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (255, 255, 255, 255), (0, 0, 0, 0)


def test_two_pixels_per_cell_and_equal_cells_joined() -> None:
    rows = page_picture(a_png([[RED, RED, WHITE], [BLUE, BLUE, CLEAR], [WHITE] * 3], [0, 0, 0]))
    assert [[(run.text, run.fg, run.bg) for run in row] for row in rows] == [
        [("▀▀", RED[:3], BLUE[:3]), (" ", WHITE[:3], WHITE[:3])],
        [("   ", WHITE[:3], WHITE[:3])],
    ]
    assert as_ansi(rows).startswith("\x1b[38;2;255;0;0;48;2;0;0;255m▀▀\x1b[48;2;255;255;255m \x1b[m\n")


@given(
    st.integers(1, 6).flatmap(
        lambda width: st.lists(
            st.tuples(
                st.lists(st.tuples(*[st.sampled_from([0, 255])] * 3, st.just(255)), min_size=width, max_size=width),
                st.integers(0, 4),
            ),
            min_size=2,
            max_size=8,
        )
    )
)
def test_every_filter_is_decoded(lines: list[tuple[list[tuple[int, int, int, int]], int]]) -> None:
    pixels = [line for line, _ in lines]
    rows = page_picture(a_png(pixels, [kind for _, kind in lines]))
    if len(pixels) % 2:
        pixels.append(pixels[-1])
    cells = [[(run.fg, run.bg) for run in row for _ in run.text] for row in rows]
    assert cells == [
        [(top[:3], bottom[:3]) for top, bottom in zip(upper, lower, strict=True)]
        for upper, lower in zip(pixels[::2], pixels[1::2], strict=True)
    ]


@pytest.mark.parametrize("count", [3, 200])
def test_a_page_takes_few_bytes(count: int) -> None:
    company = a_company(pay_link="https://pay.example/", payment_texts={"en": "x"}, colour="#b23a48")
    for page in make_pages(an_invoice(lines=many_lines(count)), company, "1043", width=60):
        rows = page_picture(page)
        assert {sum(len(run.text) for run in row) for row in rows} == {60}
        assert 35 <= len(rows) <= 45
        assert len(as_ansi(rows).encode()) <= BUDGET


@pytest.mark.parametrize("png", [b"", b"GIF89a", a_png([[RED]], [0], colour=2)])
def test_other_images_are_refused(png: bytes) -> None:
    with pytest.raises(ValueError, match=r"PNG|picture"):
        page_picture(png)
