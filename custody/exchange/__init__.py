"""What crosses a border: partners' bundles verified, then taken into the ledger. It alone has both verifier and ledger."""
