"""What the program tells its screens."""

from textual.message import Message

from facturier.mail.workspace import Workspace


class CompanyChosen(Message):
    """The person wants to go on at another company."""

    def __init__(self, ws: Workspace) -> None:
        super().__init__()
        self.ws = ws


class LanguageChanged(Message, bubble=False):
    """The screens speak another language from now on. Every screen of the stack gets it."""


class CompanyChanged(Message, bubble=False):
    """The company file is another one than it was: a window, another person or the postman wrote it, or a new day
    began. Every screen of the stack gets it; those that show something of the company read it again."""
