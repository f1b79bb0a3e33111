"""Classify a mail without a report by its words: whether a mail system sent it, and whether delivery failed or is late.

The words come from mail servers of many vendors and form one common list.
"""

import re
from enum import StrEnum

from facturier.mail.bounces.incoming_mail import BounceMail


class Classification(StrEnum):
    FAILED = "failed"
    LATE = "late"


_SYSTEM = re.compile(
    r"mailer.?daemon|post.?master|mail.?delivery|delivery.?(?:sub)?system|mail.?system|mail.?administrator|daemon"
    r"|system.?administrator|mail.?server|syst[eè]me de (?:messagerie|courriel)|^\W*$",
    re.IGNORECASE,
)
# 550, 5.1.1, #5.1.1, 550-5.1.1; but not an IP address or a year.
_PERMANENT_CODE = re.compile(r"(?<![\d.])(?:5\d\d(?=[\s,;:>)\]#'\"-])|#?5\.\d{1,2}\.\d{1,3}(?!\.?\d))")
# The same near the words of a mail server, or as an enhanced code (RFC 3463), so that amounts and ticket numbers do not
# match.
_SERVERS_CODE = re.compile(
    r"(?<![\d.])#?5\.\d{1,2}\.\d{1,3}(?!\.?\d)|\b(?:smtp|rcpt|said|remote|server|host|error|code|reason)\b[^\n]{0,60}\b5[0-7]\d\b",
    re.IGNORECASE,
)
_ENHANCED = re.compile(r"(?<![\d.])#?5\.\d{1,2}\.\d{1,3}(?!\.?\d)")
_ARRIVED = re.compile(
    r"success|receipt|\brelayed\b|\bdelivered:|\bread:|(?:was|has been|were) delivered"
    r"|(?:a été|ont été) (?:remis|livr)",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"undeliver|un-?able to (?:be )?(?:deliver|send|relay)|(?:not|n't) (?:be |been |able to ){0,3}(?:deliver|sent)"
    r"|not (?:be )?(?:reach|relay)"
    r"|\b(?:deliver\w*|transmission|mail\w*|message|notification)\W+(?:\w+\W+){0,4}fail|failure|failed"
    r"|fehlgeschlagen"
    r"|return(?:ed|ing)\W+(?:\w+\W+){0,3}(?:mail|message|sender|to)|reject|refused|bounc|denied|blocked|permanent"
    r"|unknown (?:user|address|recipient|local)|(?:user|recipient|address|mailbox|account)\W+(?:\w+\W+){0,3}unknown"
    r"|no such|(?:do|does|did)(?:n't| not) (?:exist|reach)|not (?:be )?found|mailbox\W+(?:\w+\W+){0,3}full|over ?quota"
    r"|mail system error|delivery (?:error|problem)|invalid|giv(?:en|ing) up|not accept|aborted"
    r"|error has occurred|expired"
    r"|non (?:remis|livr|distribu|d[ée]livr)|pas pu [êe]tre|[ée]chec|introuvable|inconnu|rejet|refus[ée]"
    r"|unzustellbar|nicht zugestellt|no se (?:pudo|ha podido)|n[aã]o (?:foi|p[oô]de)|non (?:è stato|recapit)"
    r"|niet (?:worden )?(?:afgeleverd|bezorgd|bestelbaar)|onbestelbaar|kunde inte|kunne ikke|ei voitu"
    r"|nie można|niedostarcz|nie dostarczono|nelze doručit|nem kézbesíthető|iletilemedi|teslim edilemedi"
    r"|не (?:доставлен|удалось)|エラー|できませんでした|退信|无法|無法|못했습니다|반송",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delay|warning message only|will (?:be |keep |continue )?(?:to )?(?:re-?tr|try)|retried"
    r"|still (?:be )?(?:being |trying|try|attempt)"
    r"|(?:keep|continue)\w* (?:on )?(?:to )?(?:try|attempt|re-?tr)|not (?:yet )?been (?:yet )?delivered|not yet been"
    r"|could not send message for past|could not be delivered (?:yet|for the (?:last|past))|deferred"
    r"|no action is required"
    r"|retard|r[ée]essa|nouvelles? tentatives?|verz[öo]ger|noch nicht|ritardo|demora|retras"
    r"|vertraagd|nog niet|f[öo]rdr[öo]j|forsink|[äa]nnu inte|opóźn|zpožd|atrasad|задерж|отлож|遅延|延迟|延遲|지연",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"permanent|giv(?:en|ing) up|no longer|will not be (?:re-?tr|attempt)|undeliverable|expired|too long"
    r"|returned to sender|has been returned|could not be delivered (?:after|within)|abandon",
    re.IGNORECASE,
)
_LATE = re.compile(r"\bdelay|warning|still|retard|verz[öo]ger|not yet", re.IGNORECASE)  # in a subject
ANSWER = re.compile(r"\s*(?:re|aw|sv|tr|fwd?|wg|rif|ant)\s*(?:\[\d\])?\s*:", re.IGNORECASE)
_LOOKED_AT = 10_000  # characters


def said_by_a_mail_system(notice: BounceMail) -> bool:
    """Return whether a mail system wrote the message, not a person or a vacation responder."""
    sender = notice.header("From")
    return bool(
        (sender and _SYSTEM.search(sender))
        or notice.header("X-Failed-Recipients")
        or _reports_delivery(notice)
        or (_has(notice, "Return-Path") and notice.header("Return-Path").strip("<> ") == "")
    )


def has_code(text: str) -> bool:
    """Return whether a text has the code of a permanent error (RFC 5321, RFC 3463)."""
    return bool(_PERMANENT_CODE.search(text))


def classify_words(notice: BounceMail) -> Classification | None:
    """Classify a mail without a report. Return None if it is not about a failed or late delivery.

    If the sender's name or the content type shows a mail system, its words are enough. Other automatic mails, such as
    vacation responses, must also contain an error code.
    """
    subject, text = notice.header("Subject"), notice.text[:_LOOKED_AT]
    code = has_code(text)
    if not said_by_a_mail_system(notice):
        # A mail system under another name: it returns the original, gives an error code, and says so in the subject.
        nameless = (
            _SERVERS_CODE.search(text) and notice.copies and _FAILURE.search(subject) and not ANSWER.match(subject)
        )
        return Classification.FAILED if nameless else None
    late = _LATE.search(subject) or (_DELAY.search(f"{subject}\n{text}") and not _OVER.search(f"{subject}\n{text}"))
    if late and not code:
        return Classification.LATE
    if notice.header("X-Failed-Recipients"):
        return Classification.FAILED
    by_name = _SYSTEM.search(notice.header("From")) or _reports_delivery(notice)
    # An enhanced code together with the original's headers means a failure in any language.
    said = _FAILURE.search(f"{subject}\n{text}") or (by_name and notice.copies and _ENHANCED.search(text))
    if not said or (_ARRIVED.search(subject) and not code):
        return None
    return Classification.FAILED if by_name or _SERVERS_CODE.search(text) else None


def _reports_delivery(notice: BounceMail) -> bool:
    kind = notice.header("Content-Type").casefold()
    return kind.startswith("multipart/report") and "feedback" not in kind and "disposition" not in kind


def _has(notice: BounceMail, name: str) -> bool:
    return notice.headers[name] is not None
