"""Explain in plain words why no answer came. The wire reports it in technical English; people read one of these phrases
instead.
"""

import re

_PHRASES: tuple[tuple[str, str, str], ...] = (
    (
        r"leads into the network",
        "the address leads into an internal network",
        "adressen fører inn i et internt nettverk",
    ),
    (
        r"name .* is not known|has no address|getaddrinfo|name or service|name resolution|nodename",
        "the address was not found",
        "adressen ble ikke funnet",
    ),
    (r"certificate|\bssl\b|\btls\b", "the server's certificate is not valid", "serverens sertifikat er ikke gyldig"),
    (r"refused|errno 111|errno 61\b", "the server rejects the connection", "serveren avviser tilkoblingen"),
    (
        r"too many open files|cannot assign requested address|no buffer space",
        "too many open files",
        "for mange åpne filer",
    ),
    (r"unreachable|no route", "the network does not reach the server", "nettverket når ikke serveren"),
    (r"no answer before", "the server has not answered for a while", "serveren har ikke svart på en stund"),
    (r"in time|timed out|time-?out", "no answer in time", "ikke svar i tide"),
    (r"larger than", "the answer is too large", "svaret er for stort"),
    (r"has no end", "the answer does not end", "svaret tar ikke slutt"),
    (r"too many requests", "too many requests", "for mange forespørsler"),
    (r"changed by somebody else", "another user is changing the invoice", "en annen bruker endrer fakturaen"),
    (r"connection broke|reset|disconnected|closed|broken pipe", "the connection was lost", "tilkoblingen ble brutt"),
    (r"404 with a page", "HTTP 404", "HTTP 404"),
    (r"no connection", "no connection", "ingen tilkobling"),
)
"""Patterns of the technical text, each with its text for people in English and Norwegian. The first match wins."""
_STATUS = re.compile(r"HTTP \d{3}")


def render_connection_fault(text: str, language: str) -> str | None:
    """Return the phrase for a technical text such as "no connection: [Errno 111] Connection refused"; None where none fits."""
    if _STATUS.fullmatch(text):
        return text
    for pattern, english, norwegian in _PHRASES:
        if re.search(pattern, text, re.IGNORECASE):
            return norwegian if language == "nb" else english
    return None
