"""Run the program as another user of the operating system, with many verbs in one process. Arguments: UID GID.

It reads one JSON object per line, {"arguments": […], "stdin": "…"}, and answers with {"status", "out", "err"}. All
modules are imported and the renderer is started before the user changes, because that user may not be able to read the
Python installation. With the `stdin` "allow ADDRESS", it consents to the link that `connect` prints, like a person with
a browser.
"""

import contextlib
import encodings
import importlib
import io
import json
import os
import pkgutil
import sys
import time

import facturier

LIBRARIES = (
    "babel.dates",
    "babel.numbers",
    "email_validator",
    "google_auth_oauthlib.flow",
    "googleapiclient.discovery",
    "googleapiclient.http",
    "google.oauth2.credentials",
    "google.auth.transport.requests",
    "html",
    "keyring",
    "playhouse.migrations",
    "markdown_it",
    "playhouse.migrations",
    "pyrage",
    "requests",
    "typst",
)


def load_everything() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    for package in (facturier, encodings):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(("__main__", "mbcs", "oem")):
                importlib.import_module(module.name)
    import keyring

    keyring.get_keyring()
    from facturier.mail.document.renderer import renderer

    renderer().start()


class Allowing(io.StringIO):
    """Standard input of a person who opens the link and pastes the resulting address."""

    pasted = False

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
        from facturier.mail.practice.google import allow

        if self.pasted:
            return ""
        self.pasted = True
        assert isinstance(sys.stdout, io.StringIO)
        while "\n" not in (printed := sys.stdout.getvalue()):
            time.sleep(0.01)
        return f"{allow(printed.split(chr(10))[0], account=self.getvalue())}\n"


def answer(arguments: list[str], stdin: str) -> dict[str, object]:
    from facturier.tui.main import main

    out, err = io.StringIO(), io.StringIO()
    sys.stdin = Allowing(stdin.removeprefix("allow ")) if stdin.startswith("allow ") else io.StringIO(stdin)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(arguments)
    return {"status": status, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    load_everything()
    uid, gid = int(sys.argv[1]), int(sys.argv[2])
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    for line in sys.__stdin__ or ():
        asked = json.loads(line)
        sys.stdout.write(json.dumps(answer(asked["arguments"], asked["stdin"])) + "\n")
        sys.stdout.flush()
