"""Cutting bundles: what a stranger has to be shown (`closure`), under whose checkpoints (`parts`), as `lines`.

`cutting` records the act and puts them together.
"""
