"""The document for the court, made only from a verified report: a PDF that carries its own proof."""
