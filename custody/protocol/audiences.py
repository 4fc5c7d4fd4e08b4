"""Who may see what is sealed, where nobody says otherwise.

An audience is a name; `court`, `defence`, `partner` and `public` are known to everybody, others an agency agrees on
with its readers. What names a person who figures in a case goes to the court alone; what describes things, to both
sides; of a case's title partners may know. `--sealed-for` says otherwise, for each field.
"""

FILE_NAMES = "file-names"
"""The name under which the titles of documents and the names of measured files are sealed."""

DEFAULTS: dict[str, tuple[str, ...]] = {
    "source": ("court",),
    "facts": ("court", "partner"),
    "persons": ("court", "partner"),
    "to": ("court",),
    "text": ("court", "defence"),
    "value": ("court", "defence"),
    "place": ("court", "defence"),
    "name": ("court", "defence"),
    FILE_NAMES: ("court", "defence"),
    "description": ("court", "defence", "partner"),
    "serial": ("court", "defence", "partner"),
    "title": ("court", "defence", "partner"),
}
"""By the name under which a member is sealed (custody.ledger.sealing.field_name)."""
