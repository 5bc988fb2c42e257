"""Which of a few languages a text is in, by its commonest words: enough to notice that another one was named."""

import re

#: Words so common that any paragraph has some, and that the other languages here do not have.
_WORDS = {
    "en": "the and of to is was that it you he she they we have had with for not are this what i my be at from but",
    "id": "yang dan di itu dengan untuk tidak ini dari akan pada juga saya ke karena ada mereka kami kita bisa sudah "
    "dia adalah atau oleh seperti dalam orang",
    "it": "il che di e la un una per non sono è con del della le gli si ho ma come da questo anche lo nel alla più "
    "mi ci cosa abbiamo hanno era",
}
_COMMON = {name: frozenset(words.split()) for name, words in _WORDS.items()}
_HANGUL = re.compile("[\uac00-\ud7a3]")
_FEWEST = 8  # words that tell anything
_SHARE = 0.12  # of the words that are among the commonest of a language in any text of it
_AHEAD = 3.0  # times as many as of any other language


def likely_language(text: str) -> str | None:
    """`en`, `id`, `it` or `ko` where a text clearly is in it; `None` where it is not or too short to tell.

    >>> likely_language("Nobody knew where the old man had gone, and we should have asked him.")
    'en'
    >>> likely_language("Ich weiß nicht, was soll es bedeuten, dass ich so traurig bin.") is None
    True
    """
    letters = sum(character.isalpha() for character in text)
    if letters and len(_HANGUL.findall(text)) > letters / 2:
        return "ko"
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < _FEWEST:
        return None
    counts = {name: sum(word in common for word in words) for name, common in _COMMON.items()}
    best = max(counts, key=lambda name: counts[name])
    others = max(count for name, count in counts.items() if name != best)
    clear = counts[best] >= _SHARE * len(words) and counts[best] >= _AHEAD * max(others, 1)
    return best if clear else None


def other_language(text: str, language: str) -> str | None:
    """The language a text clearly is in, where another one of those known here was named.

    >>> other_language("Tidak ada yang tahu ke mana orang tua itu pergi.", "en-us")
    'id'
    """
    named = re.split("[-+_]", language.lower())[0]
    likely = likely_language(text)
    return likely if likely not in (None, named) and named in (*_WORDS, "ko") else None
