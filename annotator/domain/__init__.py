"""The vocabulary: what a corpus is made of. Frozen dataclasses on the standard library and numpy."""
