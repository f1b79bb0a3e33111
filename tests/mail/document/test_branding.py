"""The logo: a regular file of a known type within limits, or an SVG with only the features that a logo needs."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from facturier.mail.document.branding import read_logo
from facturier.mail.document.document import make_document
from facturier.mail.errors import DocumentError
from tests.mail.samples import a_company, an_invoice

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20">{}</svg>'
)


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def six_gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(6 * 1024**3)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [a_pipe, a_device, six_gigabytes, a_folder, a_loop])
def test_special_and_huge_files_are_refused_without_reading_them(make: Callable[[Path], None], tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    make(logo)
    began = time.process_time()
    with pytest.raises(DocumentError, match=r"Cannot use the logo .*logo\.png"):
        make_document(an_invoice(), a_company(logo=str(logo)), "1043")
    assert time.process_time() - began < 2


DOUBLED = "".join(f'<g id="m{at}">{f"""<use xlink:href="#m{at - 1}"/>""" * 2}</g>' for at in range(1, 40))
MASKED = "".join(
    f'<mask id="m{at}">{f"""<rect width="40" height="20" fill="#fff" mask="url(#m{at - 1})"/>""" * 2}</mask>'
    for at in range(1, 40)
)


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ('<filter id="f"><feTurbulence numOctaves="9999"/></filter><rect filter="url(#f)"/>', "“filter”"),
        ('<rect width="40" height="20" filter="blur(99999)"/>', "“filter”"),
        ('<rect width="40" height="20" style="fill:red;filter: blur(99999px)"/>', "“filter”"),
        ("<style>.a{filter:blur(99999px)}</style><rect class='a'/>", "“filter”"),
        ('<pattern id="p" width="0.0001" height="0.0001"><rect/></pattern><rect fill="url(#p)"/>', "“pattern”"),
        ('<image xlink:href="data:image/png;base64,AAAA"/>', "“image”"),
        ("<script>while(1);</script>", "“script”"),
        ("<foreignObject/>", "“foreignObject”"),
        (f'<defs><g id="m0"><rect/></g>{DOUBLED}</defs><use xlink:href="#m39"/>', "repeats its parts"),
        (f'<mask id="m0"><rect/></mask>{MASKED}<rect mask="url(#m39)"/>', "repeats its parts"),
        ('<g id="a"><use xlink:href="#a"/></g>', "refers to itself"),
        ('<mask id="a"><rect mask="url(#b)"/></mask><mask id="b"><rect mask="url(#a)"/></mask>', "refers to itself"),
        ("<g>" * 100 + "</g>" * 100, "nested too deep"),
        ("<rect/>" * 20_001, "more than 20000 elements"),
        ("<g>", "not well-formed"),
    ],
)
def test_unsupported_svg_features_are_reported(inside: str, why: str, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(SVG.format(inside))
    with pytest.raises(DocumentError, match=why):
        read_logo(str(logo))


INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
  <!ENTITY ns_svg "http://www.w3.org/2000/svg">
]>
<svg xmlns="&ns_svg;" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20"
     xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd">
  <sodipodi:namedview><sodipodi:guide/></sodipodi:namedview>
  <metadata>Somebody</metadata>
  <style>.cls-1 { fill: url(#a); filter: none } .cls-2 { clip-path: url(#c) }</style>
  <defs>
    <linearGradient id="b"><stop offset="0" stop-color="#c00"/><stop offset="1" stop-color="#00c"/></linearGradient>
    <linearGradient id="a" xlink:href="#b" x2="1"/>
    <clipPath id="c"><circle cx="10" cy="10" r="10"/></clipPath>
    <mask id="d"><rect width="40" height="20" fill="#fff"/></mask>
    <symbol id="s"><path d="M0 0h10v10z"/></symbol>
  </defs>
  <g class="cls-2"><rect class="cls-1" width="40" height="20" mask="url(#d)"/></g>
  <use xlink:href="#s"/><text x="2" y="9">A</text>
</svg>"""


def test_svg_files_of_drawing_programs_are_accepted(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(INKSCAPE)
    plain = make_document(an_invoice(), a_company(), "1043")
    assert make_document(an_invoice(), a_company(logo=str(logo)), "1043") != plain
