"""XML files as they arrive. None of the formats read here declares entities, so a file that does is refused.

That leaves no way for a small file to grow (nested entities) or to read another one (external entities), and needs no
further package. Python documents the attacks under "XML vulnerabilities".
"""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

_DEEPEST = 200


def read_xml(path: Path, root: str, kind: str) -> Element:
    """The element `root` of a file of that `kind`, as an error names it.

    Raises `AnnotatorError` where the file is missing, damaged, declares entities, is nested more than 200 deep, or
    holds something else.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise AnnotatorError(tr("There is no file {path}.", path=path)) from None
    except IsADirectoryError:
        raise AnnotatorError(tr("{path} is a folder.", path=path), tr("Give a file.")) from None
    except OSError as error:
        raise AnnotatorError(tr("{path} cannot be read: {error}.", path=path, error=error.strerror)) from None
    try:
        found = _parse(data, path)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise AnnotatorError(
            tr("{path} is damaged: {error}.", path=path, error=error),
            tr("Save it again in the program it came from."),
        ) from None
    if found.tag != root:
        raise AnnotatorError(tr("{path} is no {kind} file.", path=path, kind=kind))
    return found


def _parse(data: bytes, path: Path) -> Element:
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise AnnotatorError(tr("{path} is nested too deeply.", path=path))
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: Any) -> None:
        raise AnnotatorError(
            tr("{path} declares entities, which no file of this kind does.", path=path),
            tr("Do not trust it. Ask for it again where it comes from."),
        )

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.Parse(data, True)
    return builder.close()
