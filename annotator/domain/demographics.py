"""Who rated, in numbers that tell nobody apart."""

from collections import Counter
from collections.abc import Iterable
from statistics import median
from typing import Any

from annotator.domain.corpus import Rater


def demographics(raters: Iterable[Rater]) -> dict[str, Any]:
    """Who rated, in numbers: all of a profile that may stand in a data card; no name, no single person.

    Words that fewer than two people gave are counted as `other`, so that nobody is told apart by them.

    >>> ann = Rater("a", "Ann", profile={"age": 30, "gender": "female", "languages": ["it", "en"]})
    >>> bo = Rater("b", "Bo", profile={"age": 40, "gender": "female", "languages": ["en"]})
    >>> demographics([ann, bo])["age"], demographics([ann, bo])["languages"]
    ({'n': 2, 'least': 30, 'median': 35.0, 'most': 40}, {'en': 2, 'other': 1})
    """
    raters = [rater for rater in raters if rater.kind == "human"]
    ages = [int(rater.profile["age"]) for rater in raters if rater.profile.get("age")]
    genders = Counter(str(rater.profile["gender"]) for rater in raters if rater.profile.get("gender"))
    languages = Counter(word for rater in raters for word in rater.profile.get("languages", ()))
    age = (
        {"n": len(ages), "least": min(ages), "median": median(ages), "most": max(ages)}
        if len(ages) > 1
        else None
    )
    return {
        "raters": len(raters),
        "age": age,
        "gender": _without_single(genders),
        "languages": _without_single(languages),
    }


def _without_single(counts: Counter[str]) -> dict[str, int]:
    common = {word: n for word, n in sorted(counts.items()) if n > 1}
    rest = counts.total() - sum(common.values())
    return common | ({"other": rest} if rest else {})
