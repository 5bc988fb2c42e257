"""Which packages a person has asked for by name; the code of no other is ever run.

Names of feature sets also stand in files that others have written, in saved models and in the trainings that a corpus
keeps. Opening such a file must not run whatever package it names, so these are held against the names that were
given by the person at this computer, on the command line, in the window or in a notebook. The settings keep them.
"""

from annotator.app.settings import load_settings, save_settings
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.features.packages import is_trusted, trust
from annotator.features.sets import FEATURE_SETS, package_of
from annotator.features.steps import split_name


def ask_for(features: str) -> None:
    """Takes a name from a person: lets its package run, and keeps the name where it is one of an embedding.

    Raises `AnnotatorError` where the package cannot be used.
    """
    name, _ = split_name(features)
    package = package_of(name)
    if package is not None:
        trust(package)
        FEATURE_SETS[name]  # a name that cannot be used is not kept
    settings = load_settings()
    if name.startswith("embedding:") and settings.embeddings[:1] != (name,):
        save_settings(settings.with_embedding(name))


def asked_for(features: str) -> bool:
    """Whether a feature set runs no package's code, or that of one that a person has asked for, weights and all;
    that one may run again."""
    package = package_of(features)
    if package is not None and split_name(features)[0] in load_settings().embeddings:
        trust(package)
    return package is None or is_trusted(package)


def require_asked(features: str, source: str) -> None:
    """Raises `AnnotatorError` where a file, `source`, names a package that nobody has asked for here."""
    if not asked_for(features):
        name, _ = split_name(features)
        raise AnnotatorError(
            tr(
                "{source} wants to run the code of the package {package}, which has not been asked for here.",
                source=source,
                package=package_of(name),
            ),
            tr('If you trust it, ask for it by name, once: annotator feature-sets "{name}"', name=name),
        )
