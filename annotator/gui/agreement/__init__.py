"""The Agreement workspace: how far the raters agree, where they do not, and what they say together."""
