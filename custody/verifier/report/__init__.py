"""The report: what the verifier found, as a value, and as text, JSON and a page."""
