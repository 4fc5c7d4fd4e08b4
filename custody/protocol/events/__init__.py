"""Events: what persons state and sign (docs/format.md, "Events").

One class per type, in files by what they are about; `codec` reads and writes them, `validity` holds what types
alone can't say.
"""
