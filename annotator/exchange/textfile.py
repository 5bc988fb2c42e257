"""Text files as they arrive: with or without a byte order mark, in UTF-8, UTF-16 or an old Windows encoding."""

import codecs
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings


def read_text(path: Path, findings: Findings) -> str:
    """The whole text, line ends made `\\n`, without byte order mark; reports where it was not UTF-8.

    Raises `AnnotatorError` where the file is missing, empty or no text.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise AnnotatorError(tr("There is no file {path}.", path=path)) from None
    except IsADirectoryError:
        raise AnnotatorError(tr("{path} is a folder.", path=path), tr("Give a file.")) from None
    except OSError as error:
        raise AnnotatorError(tr("{path} cannot be read: {error}.", path=path, error=error.strerror)) from None
    text = _decode(data, path, findings)
    if "\0" in text:
        raise AnnotatorError(tr("{path} is not a text file.", path=path))
    if not text.strip():
        raise AnnotatorError(tr("{path} is empty.", path=path))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes, path: Path, findings: Findings) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise AnnotatorError(tr("{path} is not a text file.", path=path)) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    # Windows-1252 has a few holes that Latin-1, which takes any byte, does not have.
    for encoding, title in (("cp1252", "Windows-1252"), ("latin-1", "Latin-1")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        findings.warn(
            tr(
                "{name} is not UTF-8 and was read as {encoding}: check accented letters.",
                name=path.name,
                encoding=title,
            )
        )
        return text
    raise AssertionError("Latin-1 takes any byte")


def first_text(path: Path, size: int = 2_000) -> str:
    """The beginning of a text file, to tell its format by; empty where it is a folder."""
    if path.is_dir():
        return ""
    with path.open("rb") as file:
        return file.read(size).decode("utf-8-sig", "replace")
