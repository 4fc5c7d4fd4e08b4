"""URLs of PostgreSQL databases: read strictly, and never shown with a password.

    postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETER=VALUE&…

Each part may be left out, several `HOST:PORT` are separated by commas, and an IPv6 address stands in brackets. Inside a
part `/ ? # @ %` and spaces are percent-encoded. libpq takes some of them as they are, where others end the host: what
readers take apart differently is refused, so that what is masked here is all that libpq takes for the password.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote, unquote_to_bytes

from custody.errors import UsageError

SCHEME = "postgresql+psycopg://"

_ESCAPED = r"%(?!00)[0-9A-Fa-f]{2}"
_BARE = r"\x00-\x20\x7f/?#@%"
"""In no part as they are. libpq drops spaces at the ends, and repeats a part with another one in it."""

_USER = rf"(?:[^{_BARE}:]|{_ESCAPED})*"
_PART = rf"(?:[^{_BARE}]|{_ESCAPED})*"
_HOST = rf"(?:\[(?:[0-9A-Za-z:._-]|{_ESCAPED})+\]|(?:[^{_BARE}:,\[\]]|{_ESCAPED})*)(?::[0-9]*)?"
_PARAMETER = rf"[A-Za-z0-9_]+=(?:[^\x00-\x20\x7f#@%&=]|{_ESCAPED})*"
_URL = re.compile(
    rf"{re.escape(SCHEME)}(?:({_USER})(?::({_PART}))?@)?({_HOST}(?:,{_HOST})*(?:/{_PART})?)"
    rf"(?:\?((?:{_PARAMETER}(?:&{_PARAMETER})*)?))?"
)
_SECRET = re.compile("password|secret|scram", re.IGNORECASE)
"""In the names of libpq's parameters that are secrets: password, sslpassword, oauth_client_secret, scram_client_key."""


class ServerUrl(NamedTuple):
    """A URL, taken apart; each part as it was written."""

    user: str | None
    password: str | None
    place: str
    """Hosts and database."""
    parameters: tuple[tuple[str, str], ...]

    @property
    def has_secret(self) -> bool:
        """Whether a password stands among the parameters."""
        return any(_SECRET.search(name) for name, _ in self.parameters)


def parse_url(url: str) -> ServerUrl:
    """Takes a URL apart. Raises UsageError, which repeats nothing of it: any part may be one of a password."""
    found = _URL.fullmatch(url)
    if found is None or not _is_text(url):
        raise UsageError(
            "the URL of the database can't be read with certainty, and is not repeated: it may hold a password",
            hint=f"{SCHEME}USER@HOST:PORT/DATABASE; a password best in PGPASSWORD or ~/.pgpass, "
            "else with / ? # @ % and spaces as %2F %3F %23 %40 %25 %20",
        )
    user, password, place, query = found.groups()
    pairs = (one.partition("=") for one in query.split("&")) if query else ()
    return ServerUrl(user, password, place, tuple((name, value) for name, _, value in pairs))


def masked(url: str) -> str:
    """The URL as a message may show it: `***` for its password, and nothing of its parameters but where it leads."""
    parts = parse_url(url)
    shown = [f"{name}={unquote(value)}" for name, value in parts.parameters if name in ("host", "port")]
    account = "" if parts.user is None else f"{parts.user}{':***' if parts.password else ''}@"
    return f"{SCHEME}{account}{parts.place}{'?' if shown else ''}{'&'.join(shown)}"


def without_password(url: str) -> str:
    """The URL as a file may keep it. Raises UsageError for a password among its parameters."""
    parts = parse_url(url)
    if parts.has_secret:
        raise UsageError(
            "a password does not belong among a URL's parameters", hint="PGPASSWORD or ~/.pgpass, as for every program"
        )
    account = "" if parts.user is None else f"{parts.user}@"
    query = "&".join(f"{name}={value}" for name, value in parts.parameters)
    return f"{SCHEME}{account}{parts.place}{'?' if query else ''}{query}"


def _is_text(url: str) -> bool:
    """Whether it is text in UTF-8, what is percent-encoded in it too."""
    try:
        unquote_to_bytes(url).decode()
    except UnicodeError:
        return False
    return True
