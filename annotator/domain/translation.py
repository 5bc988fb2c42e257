"""The one call through which every text a person sees goes."""

import gettext
from functools import cache

from annotator.domain.bundled import resource

_language = "en"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(
        "annotator", localedir=str(resource("translations")), languages=[language], fallback=True
    )


def set_language(language: str) -> None:
    """Chooses the language of all texts from here on (`en`, `id`, `it`, `ko`); unknown ones give English."""
    global _language
    _language = language


def language() -> str:
    """The language of all texts now."""
    return _language


def tr(text: str, /, **values: object) -> str:
    """`text` in the user's language, with `{name}` fields filled in.

    >>> tr("{n} of {total}", n=3, total=5)
    '3 of 5'
    """
    translated = _catalogue(_language).gettext(text)
    return translated.format(**values) if values else translated


def tr_n(singular: str, plural: str, n: int, **values: object) -> str:
    """Like `tr`, choosing the form for the number `n`, which is also a field.

    >>> tr_n("{n} segment", "{n} segments", 1), tr_n("{n} segment", "{n} segments", 4)
    ('1 segment', '4 segments')
    """
    return _catalogue(_language).ngettext(singular, plural, n).format(n=n, **values)
