"""The window. Everything it does is a function in `annotator.app`; here it is only shown and steered."""
