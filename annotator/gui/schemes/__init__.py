"""The window in which rating schemes are written, tried and put into the corpus."""
