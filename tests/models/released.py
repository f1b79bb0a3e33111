"""The company file that version 0.1.0 made, with an invoice and a delivery in every state. Never made again.

`identity` is the key of its one member, who queued the Gmail delivery; it opens nothing else.
"""

import gzip
from pathlib import Path

FOLDER = Path(__file__).parent / "company_0_1_0"


def released_company(folder: Path) -> Path:
    """A copy of the company file of 0.1.0 in `folder`."""
    path = folder / "acme.facturier"
    path.write_bytes(gzip.decompress((FOLDER / "acme.facturier.gz").read_bytes()))
    path.chmod(0o600)
    return path


def released_identity(data: Path) -> None:
    """Put the member's key into the data folder of a person."""
    place = data / "identity"
    place.mkdir(0o700, parents=True)
    (place / "identity").write_bytes((FOLDER / "identity").read_bytes())
    (place / "identity").chmod(0o600)
