"""The Train workspace: a baseline that shows what the labels are worth, between guessing and people."""
