"""What the program tells its screens."""

from textual.message import Message

from facturier.mail.workspace import Workspace


class CompanyChosen(Message):
    """The person wants to continue at another company."""

    def __init__(self, ws: Workspace) -> None:
        super().__init__()
        self.ws = ws


class LanguageChanged(Message, bubble=False):
    """The language of the screens changed. Every screen of the stack gets it."""


class CompanyChanged(Message, bubble=False):
    """The company file changed (a window, another person or the postman wrote it), or a new day began. Every screen of
    the stack gets it. Those that show something of the company read it again."""
