"""URLs of PostgreSQL databases, `postgresql+psycopg://USER@HOST:PORT/DATABASE`: never shown with a password."""

from urllib.parse import SplitResult, parse_qsl, urlsplit

from custody.errors import UsageError

SCHEME = "postgresql+psycopg://"


def masked(url: str) -> str:
    """The URL as a message may show it: `***` for its password, and nothing of its parameters but where it leads."""
    parts = _split(url)
    shown = [f"{name}={value}" for name, value in parse_qsl(parts.query) if name in ("host", "port")]
    before, at, host = parts.netloc.rpartition("@")
    user, colon, password = before.partition(":")
    account = f"{user}:***" if colon and password else user
    return f"{SCHEME}{account}{at}{host}{parts.path}{'?' if shown else ''}{'&'.join(shown)}"


def without_password(url: str) -> str:
    """The URL as a file may keep it. Raises UsageError for a password among its parameters."""
    parts = _split(url)
    if any("password" in name.lower() for name, _ in parse_qsl(parts.query)):
        raise UsageError(
            "a password does not belong among a URL's parameters", hint="PGPASSWORD or ~/.pgpass, as for every program"
        )
    before, at, host = parts.netloc.rpartition("@")
    query = f"?{parts.query}" if parts.query else ""
    return f"{SCHEME}{before.partition(':')[0]}{at}{host}{parts.path}{query}"


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise UsageError("this is not the URL of a database", hint=f"{SCHEME}USER@HOST/DATABASE") from error
