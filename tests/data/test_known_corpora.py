"""The registry of known corpora is complete, honest about licences, and points at things that exist."""

import tomllib

import pytest

from annotator.domain.bundled import dataset
from annotator.domain.scheme import builtin_schemes

CORPORA = tomllib.loads(dataset("known.toml").read_text(encoding="utf-8"))["corpora"]
TEXTS = {"name", "title", "modality", "labels", "licence", "licence_source", "citation", "url"}
REST = {"groups", "traps", "recipe", "scheme"}


def test_names_are_unique_and_the_usual_corpora_are_there() -> None:
    names = [corpus["name"] for corpus in CORPORA]
    assert len(set(names)) == len(names)
    assert {"ravdess", "crema-d", "emodb", "emotify", "deam", "iemocap", "msp-podcast"} <= set(names)


@pytest.mark.parametrize("corpus", CORPORA, ids=[corpus["name"] for corpus in CORPORA])
def test_every_entry_has_all_fields_and_no_others(corpus: dict[str, object]) -> None:
    assert TEXTS | {"groups", "traps"} <= set(corpus) <= TEXTS | REST
    assert all(isinstance(corpus[field], str) for field in TEXTS)
    assert corpus["modality"] in ("speech", "music", "text")
    assert corpus["groups"] or corpus["modality"] == "text"
    assert corpus.get("scheme", "valence-arousal") in builtin_schemes()


@pytest.mark.parametrize("corpus", CORPORA, ids=[corpus["name"] for corpus in CORPORA])
def test_a_licence_is_stated_with_its_source_or_left_to_the_distributor(corpus: dict[str, str]) -> None:
    assert corpus["licence_source"] or "see the distributor" in corpus["licence"]
    assert corpus["url"].startswith("http")
