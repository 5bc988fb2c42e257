"""The agreement report as one page to keep, print and send, and as tables."""
