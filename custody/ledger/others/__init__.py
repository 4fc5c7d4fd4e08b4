"""What partners showed, and what is kept of it: compared with what was seen before, then taken in.

`arrival` is a partner's bundle on its way in; `admission` lets it in. `pinning`, `entries` and `claims` say what speaks
against it, `disputes` what is proven so. `kept` is what remains; `joins` and `seen` read that again.
"""
