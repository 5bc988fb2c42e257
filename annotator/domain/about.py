"""What a corpus says of itself to those who load it: title, licence, whom to cite."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class About:
    """Texts that no count can tell; empty where nobody has said.

    `licence` is best an SPDX identifier such as `CC-BY-4.0`; `language` a list of codes such as `en, it`; `creators`
    are separated by semicolons; `collection` says how the sound was come by, `limits` what the data cannot show.
    """

    title: str = ""
    description: str = ""
    licence: str = ""
    citation: str = ""
    language: str = ""
    creators: str = ""
    url: str = ""
    version: str = ""
    published: str = ""
    collection: str = ""
    limits: str = ""

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "About":
        """From plain data; fields of a later version are left aside.

        >>> About.from_dict({"licence": "CC0-1.0", "mood": "good"}).licence
        'CC0-1.0'
        """
        return About(**{one.name: str(data[one.name]) for one in fields(About) if one.name in data})

    def to_dict(self) -> dict[str, str]:
        """Plain data."""
        return asdict(self)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages.

        >>> About(language="en, it").languages
        ('en', 'it')
        """
        return tuple(code.strip() for code in self.language.split(",") if code.strip())
