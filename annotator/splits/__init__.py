"""Splits that keep apart what must be apart: groups, the assignment of groups to parts, links, and the audit."""
