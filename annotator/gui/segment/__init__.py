"""The Segment workspace: cutting recordings into segments by hand and by method."""
