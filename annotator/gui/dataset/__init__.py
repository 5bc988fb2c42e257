"""The Dataset workspace: splits that keep apart what must be apart, their audit, and the export."""
