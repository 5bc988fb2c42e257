"""What a corpus says of itself: title, licence, whom to cite, known limits."""

import json
from dataclasses import fields, replace

from annotator.app.session import Session
from annotator.domain.about import About
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.storage.reader import Reader

_KEY = "about"


def read_about(reader: Reader) -> About:
    """What the corpus says of itself; empty texts where nobody has said."""
    text = reader.meta(_KEY)
    return About.from_dict(json.loads(text)) if text else About()


def describe_corpus(session: Session, **texts: str) -> About:
    """Sets the named fields of `About`, the others stay; can be undone.

    Raises `AnnotatorError` for a field that there is not.
    """
    known = [one.name for one in fields(About)]
    for name in texts:
        if name not in known:
            raise AnnotatorError(tr('A corpus has no "{name}" to say.', name=name), closest(name, known))
    with session.reading() as reader:
        about = replace(read_about(reader), **{name: text.strip() for name, text in texts.items()})
    text = json.dumps(about.to_dict(), ensure_ascii=False)
    session.transact(tr("Describe the corpus"), lambda transaction: transaction.set_meta(_KEY, text))
    return about
