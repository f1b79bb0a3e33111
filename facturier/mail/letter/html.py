"""Render a letter as an HTML page that looks right in Gmail, Outlook and Apple Mail.

Outlook uses Word's layout engine: tables, a width attribute, no max-width. Gmail drops CSS that it does not know, and
inverts colours for its dark theme. Apple Mail applies the media query. So the page uses tables for the frame, inline
styles everywhere, and one small style sheet for the dark theme. It loads nothing from the network.
"""

from html import escape
from typing import TYPE_CHECKING

from facturier.mail.document.branding import company_colour
from facturier.mail.letter.markdown import letter_reader

if TYPE_CHECKING:
    from markdown_it.token import Token

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_INK = "#1d2329"
_SOFT = "#5b6670"
_CODE = "font-family:Consolas,Menlo,'Courier New',monospace;font-size:14px"
_STYLES = {
    "p": "margin:0 0 16px 0",
    "h1": "margin:0 0 16px 0;font-size:22px;line-height:28px;font-weight:600",
    "h2": "margin:0 0 16px 0;font-size:19px;line-height:26px;font-weight:600",
    "h3": "margin:0 0 12px 0;font-size:16px;line-height:24px;font-weight:600",
    "h4": "margin:0 0 12px 0;font-size:16px;line-height:24px;font-weight:600",
    "h5": "margin:0 0 12px 0;font-size:16px;line-height:24px;font-weight:600",
    "h6": "margin:0 0 12px 0;font-size:16px;line-height:24px;font-weight:600",
    "ul": "margin:0 0 16px 0;padding:0 0 0 24px",
    "ol": "margin:0 0 16px 0;padding:0 0 0 24px",
    "li": "margin:0 0 6px 0",
    "blockquote": f"margin:0 0 16px 0;padding:0 0 0 14px;border-left:3px solid #c9d0d6;color:{_SOFT}",
    "code": _CODE,
    "hr": "border:0;border-top:1px solid #dde2e6;margin:24px 0",
}
_DARK = """@media (prefers-color-scheme: dark) {
  .ground { background-color: #15191d !important; }
  .card { background-color: #20262c !important; }
  .card td, .card blockquote { color: #e8ebee !important; }
  .card .name, .card a { color: #9fd3e4 !important; }
}"""
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{company}</title>
<style>
{dark}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background-color:#f3f5f6">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f5f6">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background-color:#ffffff;border-top:4px solid {colour}">
<tr><td class="name" style="padding:28px 32px 4px 32px;{font};font-size:18px;line-height:24px;font-weight:600;color:{colour}">{company}</td></tr>
<tr><td style="padding:16px 32px 16px 32px;{font};font-size:16px;line-height:24px;color:{ink}">
{body}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""  # noqa: E501


def letter_html(tokens: "list[Token]", company: str, language: str, colour: str = "") -> str:
    """Return the HTML page of a letter from `read_letter`, with the company's name and colour at the top."""
    accent = company_colour(colour)
    reader = letter_reader()
    body = reader.renderer.render([_styled(token, accent) for token in tokens], reader.options, {})
    return _PAGE.format(
        language=escape(language),
        company=escape(company),
        dark=_DARK,
        font=_FONT,
        ink=_INK,
        colour=accent,
        body=body,
    )


def _styled(token: "Token", accent: str) -> "Token":
    """Return a copy of the token with an inline style."""
    style = ""
    if token.type == "link_open":
        style = f"color:{accent};text-decoration:underline"
    elif token.nesting >= 0:
        style = _STYLES.get(token.tag, "")
    return token.copy(
        attrs={**token.attrs, **({"style": style} if style else {})},
        children=None if token.children is None else [_styled(child, accent) for child in token.children],
    )
