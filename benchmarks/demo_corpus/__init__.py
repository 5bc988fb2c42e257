"""What `make_demo_corpus.py` is made of: scripts, voices, music, raters."""
