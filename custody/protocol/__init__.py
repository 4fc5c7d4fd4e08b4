"""The bytes and the rules, pure: bytes in, values out. No clock, files, SQL or network.

Read in this order: encodings, canonical, values, events, envelope, entry; tree, note, checkpoint, cosignature,
policy; bundle, disclosure; rules. docs/format.md is the specification these modules carry out.
"""
