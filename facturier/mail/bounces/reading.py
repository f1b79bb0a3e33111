"""Read a bounce that a person provides. The program never reads the mailbox.

Each mail server writes bounces differently, so this code has no rules for particular servers. It trusts a report for
programs (RFC 3464). Without a report, a mail counts as a bounce if a mail system sent it and it says that something
failed. The failed recipients are then those of our recipients that it names before the copy of the original.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from facturier.mail.bounces.incoming_mail import LARGEST, BounceMail, open_mail
from facturier.mail.bounces.words import ANSWER, Classification, classify_words, has_code, said_by_a_mail_system
from facturier.mail.errors import LateOnly, UnreadBounce
from facturier.mail.message import decoded
from facturier.models.outbox.delivery_mark import marks_in
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

_LONGEST = 500  # characters of a reason
_MOST = 1_000  # recipients and addresses to examine; Gmail allows 500 recipients per message
_LINES = 20_000
_OTHERS = 20  # failed recipients that are not ours
_NEITHER = ("message/feedback-report", "message/disposition-notification")  # RFC 5965, RFC 8098
_NOT_FAILED = (
    "delayed",
    "delivered",
    "relayed",
    "expanded",
)  # RFC 3464, section 2.3.3; the status decides for other actions
_DIAGNOSTIC_TYPE = re.compile(r"^[A-Za-z][\w-]{0,40};\s*")  # `smtp; 550 …`
_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]"
_ADDRESS = re.compile(rf"(?<!{_LOCAL}){_LOCAL}{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{0,10}}")
# A bounce may summarize the original. These lines name its recipients, whether or not they failed.
_ADDRESSEES = re.compile(r"^[ \t>]{0,20}(?:to|cc|from|à|de|an|von)[ \t]{0,3}:[^\n]*$", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(r"message-?id\b[^<\n]{0,40}\n?[ \t]{0,20}(<[^<>\s@]{1,250}@[^<>\s@]{1,250}>)", re.IGNORECASE)
_ANY_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
_MOST_IDS = 10
_BLANK = re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,3}:[ \t]*(.*)$")


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient that a report calls failed.

    `addresses` are the report's names for it, the one that we used first. `reason` is the server's reason.
    """

    addresses: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """The content of a bounce.

    `marks`, `message_ids` and `subjects` identify the message that it is about; any of them may be empty. `addresses`
    are all addresses that it mentions, in small letters. `text` is its text for people.
    """

    sender: str
    failures: tuple[Failure, ...]
    text: str
    marks: tuple[str, ...]
    message_ids: tuple[str, ...]
    subjects: frozenset[str]
    addresses: frozenset[str]

    def not_reached(self, recipients: Sequence[str]) -> dict[str, str]:
        """Return which of a message's recipients failed, each with the server's reason, which may be empty.

        If none of them can be found but the report names others, return those. The result is empty if the bounce does
        not say who failed.
        """
        ours = {address.casefold(): address for address in recipients}
        found: dict[str, str] = {}
        for failure in self.failures:
            if known := [ours[name.casefold()] for name in failure.addresses if name.casefold() in ours]:
                found.setdefault(known[0], failure.reason)
        if not found:
            named = _named(_ADDRESSEES.sub("", self.text)) & set(ours) or _named(self.text)
            reasons = [failure.reason for failure in self.failures]
            for folded, address in ours.items():
                if folded in named:
                    found[address] = reasons[0] if len(reasons) == 1 else _reason_near(self.text, folded)
        if not found and len(ours) == 1:  # the message was forwarded to an address that we do not know
            [only] = recipients
            found[only] = self.failures[0].reason if self.failures else _reason_near(self.text, "")
        if not found:
            others = [failure for failure in self.failures if failure.addresses][:_OTHERS]
            found = {clean(other.addresses[0])[:_LONGEST]: other.reason for other in others}
        return found


def _named(text: str) -> frozenset[str]:
    """Return the addresses in a text, in small letters."""
    return frozenset(name.group().casefold().rstrip(".") for name in _ADDRESS.finditer(text))


def read_bounces(mail: bytes) -> list[Bounce]:
    """Return the bounces in a mail, the outermost first. There is at least one.

    Raises LateOnly if the mail only says that the message is delayed, and UnreadBounce if it has no bounce or is
    damaged. No mail makes it raise another error.
    """
    try:
        notices = list(open_mail(mail).everything())
        verdicts = [_classification(notice) for notice in notices]
        found = [
            _bounce(notice)
            for notice, classification in zip(notices, verdicts, strict=True)
            if classification is Classification.FAILED
        ]
    except Exception as error:  # a hostile mail can make `email` raise errors that it does not document
        raise UnreadBounce(_("Cannot read this email: it is damaged.")) from error
    if found:
        return found
    if Classification.LATE in verdicts:
        raise LateOnly(
            _("This notice only says that the message is delayed. The mail server is still trying."),
            todo=_("Wait for the next notice before you record a bounce."),
        )
    raise UnreadBounce(_("Cannot read this bounce: it does not name a failed recipient."))


def mentioned_addresses(mail: bytes) -> frozenset[str]:
    """Return the addresses in a mail that could not be read, in small letters, as a clue for the person."""
    text = mail[:LARGEST].decode("utf-8", "replace").casefold()
    found = {name.group().rstrip(".") for name in islice(_ADDRESS.finditer(text), _MOST)}
    with suppress(Exception):  # see `read_bounces`
        found.update(*(_bounce(notice).addresses for notice in open_mail(mail).everything()))
    return frozenset(found)


def _classification(notice: BounceMail) -> Classification | None:
    if notice.kinds & set(_NEITHER):
        return None
    groups = list(_groups(notice))
    actions = {_action(group) for group in groups}
    if any(_failed(group) for group in groups):
        return Classification.FAILED
    if "delayed" in actions:
        return Classification.LATE
    if actions & set(_NOT_FAILED) or any(group.get("status", "")[:1] in ("2", "4") for group in groups):
        return None
    return classify_words(notice)


def _bounce(notice: BounceMail) -> Bounce:
    failures = [Failure(_names(group), _reason(group)) for group in _groups(notice) if _failed(group)]
    if not failures:
        named = [address.strip().strip("<>") for address in notice.header("X-Failed-Recipients").split(",")[:_MOST]]
        failures = [Failure((name,), _reason_near(notice.text, name.casefold())) for name in named if "@" in name]
    told = "\n\n".join((notice.text, notice.report, notice.copies))
    ids = _ID.findall(told) or _ANY_ID.findall(notice.header("In-Reply-To") or notice.header("References"))[-1:]
    addresses = set(_named(told))
    addresses.update(name.casefold() for failure in failures for name in failure.addresses)
    return Bounce(
        sender=next((name.group().casefold() for name in _ADDRESS.finditer(notice.header("From"))), ""),
        failures=tuple(failures),
        text=notice.text,
        marks=marks_in(told),
        message_ids=tuple(dict.fromkeys(ids))[:_MOST_IDS],
        subjects=frozenset(_subjects(told, notice.header("Subject"))),
        addresses=frozenset(sorted(addresses)[:_MOST]),
    )


def _groups(notice: BounceMail) -> Iterator[dict[str, str]]:
    """Yield the fields of each recipient in a report, with field names in small letters.

    Some servers put these fields into the text instead of a report.
    """
    sources = [notice.report] if notice.report else [notice.text] if said_by_a_mail_system(notice) else []
    count = 0
    for source in sources:
        for group in _BLANK.split(source):
            fields = _read_fields(group)
            if "final-recipient" in fields or "original-recipient" in fields:
                yield fields
                count += 1
                if count == _MOST:
                    return


def _read_fields(group: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in group.split("\n"):
        if found := _FIELD.match(line):
            name = found[1].lower()
            fields.setdefault(name, found[2].strip())
        elif name and line[:1] in (" ", "\t"):
            fields[name] = f"{fields[name]} {line.strip()}"[: 4 * _LONGEST]
    return fields


def _action(fields: dict[str, str]) -> str:
    return fields.get("action", "").partition(" ")[0].strip(";").lower()


def _failed(fields: dict[str, str]) -> bool:
    action = _action(fields)
    if action in _NOT_FAILED:
        return False
    return action == "failed" or fields.get("status", "").startswith("5")


def _names(fields: dict[str, str]) -> tuple[str, ...]:
    """Return our name for the recipient, then the server's, without the address type: `rfc822; a@b.example`."""
    said = (fields.get(name, "") for name in ("original-recipient", "final-recipient"))
    names = (value.rpartition(";")[2].strip().strip("<>") for value in said)
    return tuple(dict.fromkeys(name for name in names if "@" in name))


def _reason(fields: dict[str, str]) -> str:
    said = _DIAGNOSTIC_TYPE.sub("", clean(decoded(fields.get("diagnostic-code", ""))))
    return " ".join((said or clean(fields.get("status", ""))).split())[:_LONGEST]


def _reason_near(text: str, address: str) -> str:
    """Return the text after a mention of the address, up to a blank line.

    The last five mentions are examined. The last one that has a three-digit number in its text is used, or else the
    longest text. Without an address, return the first line with an error code.
    """
    if not address:
        return next((clean(line) for line in text.split("\n") if has_code(line)), "")[:_LONGEST]
    best = ""
    folded = text.lower()
    place = len(folded)
    for _mention in range(5):
        place = folded.rfind(address, 0, place)
        if place < 0:
            break
        after = text[place + len(address) : place + len(address) + 4 * _LONGEST].lstrip(">\"': \t\r\n")
        said = " ".join(clean(_BLANK.split(after)[0].replace("\n", " ")).split()).lstrip(">:;,.)-\"' ")
        if re.search(r"\d{3}", said):
            best = said
            break
        best = max(best, said, key=len)
    return best[:_LONGEST]


def _subjects(told: str, subject: str) -> Iterator[str]:
    """Yield every line that may be the original's subject: alone, after its colon, and joined with its continuation."""
    lines = told.split("\n")[:_LINES]
    for index, line in enumerate(lines):
        shown = decoded(line)
        yield from _variants(shown)
        if index + 1 < len(lines) and lines[index + 1][:1] in (" ", "\t"):
            yield from _variants(f"{shown} {decoded(lines[index + 1]).strip()}")
    yield from _variants(subject)


def _variants(line: str) -> Iterator[str]:
    """Yield a line, and the text after its first colon: `Subject: …`, `Undeliverable: …`.

    The text after `Re:` is not used, because it is the subject of a reply.
    """
    text = " ".join(clean(line).split())
    _label, colon, rest = text.partition(":")
    for subject in (text, rest.strip() if colon and not ANSWER.match(text) else ""):
        if subject:
            yield subject
            yield subject.strip("\"'“”«» ")
