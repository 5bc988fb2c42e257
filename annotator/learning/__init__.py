"""Baselines that show what labels are worth: evaluated by group, beside chance and what people reach."""
