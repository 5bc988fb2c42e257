"""Failures that a user can understand and act on.

Anything else that escapes is a bug. The command line prints `message` and `hint` and exits with `exit_status`;
the window shows the same two sentences.
"""


class AnnotatorError(Exception):
    """A failure explained in one sentence, with what to do about it.

    Parameters
    ----------
    message
        Which file or value, and what is wrong with it.
    hint
        What the user can do; empty where there is nothing to add.
    """

    exit_status = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(AnnotatorError):
    """The command or call itself is put together wrongly (two options that exclude each other, say)."""

    exit_status = 2


class Cancelled(AnnotatorError):
    """The user stopped a job; the corpus is as it was before."""
