"""The sections of a certificate, one a room, in the order in which a judge reads them."""
