"""Messages that the app sends to its screens."""

from textual.message import Message

from facturier.mail.workspace import Workspace
from facturier.models.company.user import Preferences


class CompanyChosen(Message):
    """The user chose another company to work in."""

    def __init__(self, ws: Workspace) -> None:
        super().__init__()
        self.ws = ws


class LanguageChanged(Message, bubble=False):
    """The display language changed. Every screen of the stack receives this message."""


class PreferencesChanged(Message):
    """The person saved other preferences. The app applies the theme and the symbols."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences


class CompanyChanged(Message, bubble=False):
    """The company file changed: another window, another user or the postman wrote it, or a new day began.

    Every screen of the stack receives this message. Screens that show company data reload it.
    """
