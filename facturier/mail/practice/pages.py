"""The stand-in's pages: plain HTML that works in any browser, without scripts and without a mouse."""

from collections.abc import Iterable
from html import escape

from facturier.mail.practice.accounts import Account
from facturier.mail.practice.replies import Reply


def page(status: int, title: str, inside: str) -> Reply:
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<body><h1>{escape(title)}</h1>{inside}<p><small>Practice: this is not Google, and nothing leaves this "
        f"machine.</small></p></body></html>\n"
    )
    return Reply(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def refusal(status: int, error: str, why: str) -> Reply:
    """Google's own error page: it redirects nowhere, because it cannot trust the address."""
    return page(status, f"Error {status}: {error}", f"<p>{escape(why)}</p>")


def consent(project: str, accounts: Iterable[Account], hint: str, scopes: Iterable[str]) -> Reply:
    """The consent page. It posts to its own address, so that the request stays in the query."""
    choices = "".join(
        f'<p><label><input type="radio" name="account" value="{escape(one.address)}"'
        f"{' checked' if one.address == hint else ''}> {escape(one.address)}</label></p>"
        for one in accounts
    )
    boxes = "".join(
        f'<p><label><input type="checkbox" name="scope" value="{escape(scope)}" checked> {escape(scope)}</label></p>'
        for scope in scopes
    )
    return page(
        200,
        f"{project} wants access to your Google Account",
        f'<form method="post"><h2>Account</h2>{choices}<h2>Select what it can access</h2>{boxes}'
        '<p><button name="choice" value="allow">Allow</button> <button name="choice" value="deny">Cancel</button></p>'
        "</form>",
    )


def device(accounts: Iterable[Account]) -> Reply:
    choices = "".join(f"<option>{escape(one.address)}</option>" for one in accounts)
    return page(
        200,
        "Connect a device",
        '<form method="post"><p><label>Code <input name="user_code"></label></p>'
        f'<p><label>Account <select name="account">{choices}</select></label></p>'
        '<p><button name="choice" value="allow">Allow</button> <button name="choice" value="deny">Cancel</button></p>'
        "</form>",
    )
