"""Numbers as people read them: a true minus sign, no minus before zero, a space before % that no line breaks at."""


def number(value: float, decimals: int = 2, *, sign: bool = False) -> str:
    """A figure with fixed digits; `sign` puts a plus before what is above zero.

    >>> number(-0.256), number(-0.125, 3), number(-0.001), number(0.5, sign=True)
    ('−0.26', '−0.125', '0.00', '+0.50')
    """
    text = f"{value:{'+' if sign else ''}.{decimals}f}"
    return with_minus(text) if float(text) else text.lstrip("+-")


def shortest(value: float) -> str:
    """A round number, such as the end of a scale, without digits that say nothing.

    >>> shortest(-1.0), shortest(0.25)
    ('−1', '0.25')
    """
    return with_minus(f"{value:g}")


def percent(share: float) -> str:
    """A share in whole percent.

    >>> percent(0.695)
    '70\\xa0%'
    """
    return f"{100 * share:.0f}\u00a0%"


def with_minus(text: str) -> str:
    """Digits as Python writes them, with a true minus sign."""
    return text.replace("-", "−")
