"""How many things one sentence names. A reader of hostile bytes must not write of each what came before it."""

MAX_NAMED = 32
"""As many seals as one event can read (custody.protocol.values.SealReadings)."""


def with_rest(named: str, count: int) -> str:
    """A list of the first MAX_NAMED things, or fewer, and how many more of `count` there are."""
    return f"{named} and {count - MAX_NAMED} more" if count > MAX_NAMED else named
