"""Recipes for known public corpora: what their folders and file names say, read without changing anything."""
