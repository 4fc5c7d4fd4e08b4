"""What crosses a border: partners' bundles verified, then taken in. This room alone has both verifier and ledger."""
