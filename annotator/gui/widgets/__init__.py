"""Small widgets that the workspaces share; each takes its colours from the current theme."""
