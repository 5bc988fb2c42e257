"""What comes in and goes out: one module per format, reader and writer, and recipes for known corpora.

Readers are pure: they take a path and give what they found, with every repair and every row left out reported;
nothing is stored here. Writers are jobs that make a whole folder or none.
"""
