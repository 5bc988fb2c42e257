"""The instruments of a corpus."""

from annotator.app.session import Session
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme, find_scheme
from annotator.domain.translation import tr


def add_scheme(session: Session, name_or_path: str) -> Scheme:
    """Adds a scheme that ships with the program, or one from a TOML file; one that is there already is refused."""
    scheme = find_scheme(name_or_path)
    with session.reading() as reader:
        if scheme.name in {held.name for held in reader.schemes()}:
            raise AnnotatorError(
                tr('The corpus has a scheme "{name}" already.', name=scheme.name),
                tr("Give the new one another name: ratings under two versions must not be mixed."),
            )
    session.transact(
        tr("Add the scheme {title}", title=scheme.title), lambda transaction: transaction.put(scheme)
    )
    return scheme
