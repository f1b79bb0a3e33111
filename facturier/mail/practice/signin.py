"""The Google simulator's sign-in: consent page, token endpoint and revocation, as in Google's OAuth 2.0 for installed
apps.

https://developers.google.com/identity/protocols/oauth2/native-app, RFC 6749, RFC 7636 (PKCE), RFC 7009 (revocation).
"""

import base64
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, urlencode, urlsplit

from facturier.mail.practice import signin
from facturier.mail.practice.grants import CODE_LIFE, Account, Client, Code, Grants, proves
from facturier.mail.practice.http_messages import Reply, Request, as_json, oauth_error

EMAIL = "https://www.googleapis.com/auth/userinfo.email"
SEND = "https://www.googleapis.com/auth/gmail.send"
# These sign-in scopes are allowed together; every other scope has its own check box on the page.
SIGN_IN = {"openid", "email", "profile", EMAIL, "https://www.googleapis.com/auth/userinfo.profile"}
SCOPES = SIGN_IN | {SEND, "https://www.googleapis.com/auth/gmail.readonly", "https://mail.google.com/"}


@dataclass(slots=True)
class SignIn:
    accounts: dict[str, Account]
    clients: dict[str, Client]
    grants: Grants

    def show(self, request: Request) -> Reply:
        """GET the consent page."""
        query = request.query
        if refusal := self._unfit(query):
            return refusal
        boxes = [scope for scope in query["scope"].split() if scope not in SIGN_IN]
        hint = query.get("login_hint", "")
        hint = hint if hint in self.accounts else next(iter(self.accounts), "")
        return signin.consent(self.clients[query["client_id"]].project, self.accounts.values(), hint, boxes)

    def decide(self, request: Request) -> Reply:
        """POST the consent page: redirect the browser to the program."""
        query = request.query
        if refusal := self._unfit(query):
            return refusal
        back: dict[str, str] = {"state": query["state"]} if "state" in query else {}
        account = self.accounts.get(request.form.get("account", ""))
        if request.form.get("choice") != "allow":
            back["error"] = "access_denied"
        elif account is None:
            return signin.refusal(400, "invalid_request", "There is no such account here.")
        else:
            ticked = request.lists.get("scope", [])
            scopes = [scope for scope in query["scope"].split() if scope in SIGN_IN or scope in ticked]
            client = self.clients[query["client_id"]]
            offline = query.get("access_type") == "offline"
            again = "consent" in query.get("prompt", "").split()
            code = Code(
                client.id,
                account.address,
                scopes,
                query["redirect_uri"],
                query.get("code_challenge", ""),
                query.get("code_challenge_method", "plain"),
                offline and (again or not self.grants.granted(client, account.address)),
                query.get("nonce", ""),
                self.grants.now() + CODE_LIFE.total_seconds(),
            )
            back |= {"code": self.grants.issue_code(code), "scope": " ".join(scopes), "authuser": "0"}
            back["prompt"] = "consent"
        return Reply(302, headers={"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def token(self, request: Request) -> Reply:
        """The token endpoint, for authorization codes and refresh tokens."""
        form = request.form
        client = self.client(request)
        if isinstance(client, Reply):
            return client
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(client, form)
            case "refresh_token":
                return self._refresh(client, form)
        return oauth_error(400, "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")

    def revoke(self, request: Request) -> Reply:
        """Revoke a token (RFC 7009), with Google's answer for an unknown token. Reads the form or the query, as Google
        does."""
        text = request.form.get("token", "") or request.query.get("token", "")
        if not self.grants.revoke(text):
            return oauth_error(400, "invalid_token", "Token expired or revoked")
        return as_json(200, {})

    def client(self, request: Request) -> Client | Reply:
        """Authenticate the client, from the form or from Basic credentials (RFC 6749, section 2.3.1). Return an error
        response if that fails."""
        name, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
        kind, _, basic = str(request.headers.get("Authorization", "")).partition(" ")
        if kind.lower() == "basic":
            try:
                name, secret = (unquote(part) for part in base64.b64decode(basic).decode().split(":", 1))
            except ValueError:
                return oauth_error(401, "invalid_client", "Unauthorized")
        client = self.clients.get(name)
        if client is None:
            return oauth_error(401, "invalid_client", "The OAuth client was not found.")
        if not hmac.compare_digest(secret.encode(), client.secret.encode()):
            return oauth_error(401, "invalid_client", "Unauthorized")
        return client

    def _exchange(self, client: Client, form: Mapping[str, str]) -> Reply:
        text = form.get("code", "")
        code = self.grants.code(text)
        if code is None or code.client != client.id:
            return oauth_error(400, "invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect:
            return oauth_error(400, "redirect_uri_mismatch", "Bad Request")
        if not proves(form.get("code_verifier", ""), code):
            return oauth_error(400, "invalid_grant", "Invalid code verifier.")
        account = self.accounts[code.account]
        return as_json(
            200,
            self.grants.issue(client, account, code.scopes, refresh=code.refresh, code=text, nonce=code.nonce),
        )

    def _refresh(self, client: Client, form: Mapping[str, str]) -> Reply:
        token = self.grants.refresh(form.get("refresh_token", ""))
        if token is None or token.client != client.id or token.account not in self.accounts:
            return oauth_error(400, "invalid_grant", "Token has been expired or revoked.")
        scopes = form.get("scope", "").split() or token.scopes
        if not set(scopes) <= set(token.scopes):
            return oauth_error(400, "invalid_scope", "Bad Request")
        return as_json(200, self.grants.issue(client, self.accounts[token.account], scopes, refresh=False))

    def _unfit(self, query: Mapping[str, str]) -> Reply | None:
        """Return Google's error page if the request is invalid, otherwise None."""
        client = self.clients.get(query.get("client_id", ""))
        if client is None:
            return signin.refusal(401, "invalid_client", "The OAuth client was not found.")
        if not _loopback(query.get("redirect_uri", "")):
            return signin.refusal(400, "redirect_uri_mismatch", "A desktop client comes back to http://127.0.0.1 only.")
        if query.get("response_type") != "code":
            return signin.refusal(400, "invalid_request", "Required parameter is missing: response_type")
        if query.get("code_challenge_method", "S256") not in ("S256", "plain"):
            return signin.refusal(400, "invalid_request", "Invalid parameter: code_challenge_method")
        wanted = query.get("scope", "").split()
        if not wanted:
            return signin.refusal(400, "invalid_request", "Missing required parameter: scope")
        if unknown := [scope for scope in wanted if scope not in SCOPES]:
            return signin.refusal(400, "invalid_scope", f"Some requested scopes were invalid: {' '.join(unknown)}")
        return None


def _loopback(address: str) -> bool:
    """Return whether the redirect address is on this machine, as Google requires of a desktop client. Any port is
    allowed."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost") and not parts.fragment


def page(status: int, title: str, inside: str) -> Reply:
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<body><h1>{escape(title)}</h1>{inside}<p><small>Practice: this is not Google, and nothing leaves this "
        f"machine.</small></p></body></html>\n"
    )
    return Reply(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def refusal(status: int, error: str, why: str) -> Reply:
    """Return Google's error page. It does not redirect, because the redirect address cannot be trusted."""
    return page(status, f"Error {status}: {error}", f"<p>{escape(why)}</p>")


def consent(project: str, accounts: Iterable[Account], hint: str, scopes: Iterable[str]) -> Reply:
    """Return the consent page. Its form posts to its own address, so that the request stays in the query."""
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
