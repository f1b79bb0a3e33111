"""The company file made by version 0.1.0, with an invoice and a delivery in every state. It is never regenerated.

`identity` is the key of its only member, who queued the Gmail delivery. It opens nothing else.
"""

import gzip
from pathlib import Path

FOLDER = Path(__file__).parent / "company_0_1_0"


def released_company(folder: Path) -> Path:
    """Copy the company file of version 0.1.0 to `folder`."""
    path = folder / "acme.facturier"
    path.write_bytes(gzip.decompress((FOLDER / "acme.facturier.gz").read_bytes()))
    path.chmod(0o600)
    return path


def released_identity(data: Path) -> None:
    """Copy the member's key to a data folder."""
    place = data / "identity"
    place.mkdir(0o700, parents=True)
    (place / "identity").write_bytes((FOLDER / "identity").read_bytes())
    (place / "identity").chmod(0o600)
