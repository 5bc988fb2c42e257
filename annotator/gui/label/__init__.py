"""The Label workspace: one rater rates one segment after the other, by keyboard, without seeing anybody else."""
