"""Where a person sees in Gmail whether a message left."""

from urllib.parse import quote, quote_plus


def sent_search(address: str, recipient: str, number: str) -> str:
    """The address of a search in the Sent folder of `address`, whichever account the browser has open first.

    Gmail reads the search after `#search/` and takes `+` for a space there; `in:sent` works in every language.
    """
    query = f'in:sent to:{recipient} "{number}"'
    return f"https://mail.google.com/mail/u/?authuser={quote(address, safe='')}#search/{quote_plus(query)}"
