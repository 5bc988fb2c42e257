"""Names of coefficients and levels, and figures as people read them."""

from collections import defaultdict
from collections.abc import Sequence

from annotator.agreement.coefficient import Coefficient
from annotator.agreement.report import ItemReport
from annotator.app.report.methods import title
from annotator.domain.corpus import Value
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.gui.numbers import number


def coefficient_name(name: str, variant: str) -> str:
    """What a coefficient and its variant are called, as in the report.

    >>> coefficient_name("krippendorff_alpha", "nominal"), coefficient_name("icc", "1,k")
    ("Krippendorff's alpha, nominal", 'ICC(1,k), mean of k raters')
    """
    return title(name, variant)


def level_name(level: str) -> str:
    """What kind of answers an item takes."""
    return {"nominal": tr("categories"), "ordinal": tr("ordered steps"), "interval": tr("numbers")}[level]


def interval(coefficient: Coefficient) -> str:
    """The 95 % interval; a dash where none was computed."""
    if coefficient.ci is None:
        return "–"
    low, high = coefficient.ci
    return f"{number(low)} … {number(high)}"


def percent_interval(coefficient: Coefficient) -> str:
    """The 95 % interval of a percentage."""
    if coefficient.ci is None:
        return "–"
    low, high = (100 * end for end in coefficient.ci)
    return tr("{low:.0f} … {high:.0f} %", low=low, high=high)


def main_coefficient(report: ItemReport) -> Coefficient:
    """The coefficient that stands for the item: Krippendorff's alpha, which fits every design."""
    return report.coefficients[0]


def answer_text(item: Item, value: Value) -> str:
    """One answer in words."""
    if value is None:
        return tr("cannot tell")
    if item.type == "boolean":
        return tr("yes") if value else tr("no")
    if item.numeric:
        return number(float(value), _decimals(item))
    return str(value)


def _decimals(item: Item) -> int:
    """Digits after the point that tell answers apart on the item's scale."""
    if item.type == "integer":
        return 0
    return 2 if item.maximum - item.minimum <= 10 else 1


def voices(item: Item, answers: Sequence[tuple[str, Value]]) -> list[tuple[str, list[str]]]:
    """Who said what: numbers from low to high, categories by how many chose them; "cannot tell" comes last.

    >>> mood = Item("mood", "category", labels=("sad", "calm"))
    >>> voices(mood, [("Ann", "sad"), ("Bo", "calm"), ("Cy", "calm")])
    [('calm', ['Bo', 'Cy']), ('sad', ['Ann'])]
    """
    found: dict[Value, list[str]] = defaultdict(list)
    for rater, value in answers:
        found[value].append(rater)
    told = [value for value in found if value is not None]
    told.sort(
        key=(lambda value: float(value)) if item.numeric else (lambda value: (-len(found[value]), str(value)))
    )
    ordered = told + [value for value in found if value is None]
    return [(answer_text(item, value), sorted(found[value])) for value in ordered]
