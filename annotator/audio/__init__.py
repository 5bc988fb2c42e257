"""Decoded sound: random access, what a file really holds, peak pyramids and clips. No drawing, no database.

Positions are integer samples (frames), half-open. Full scale is 1.
"""
