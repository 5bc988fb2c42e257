"""What feature sets there are: to be listed, offered and described."""

from dataclasses import dataclass

from annotator.app.embeddings import ask_for
from annotator.app.settings import load_settings
from annotator.domain.translation import tr
from annotator.features import opensmile
from annotator.features.sets import FEATURE_SETS


@dataclass(frozen=True, slots=True)
class ListedSet:
    """What is told of a feature set; `needs` is the line that installs what it lacks, empty where it is there."""

    name: str
    title: str
    columns: int
    shape: str
    source: str
    needs: str = ""


@dataclass(frozen=True, slots=True)
class DescribedSet:
    """All that is told of one feature set; `names` are those of its columns."""

    name: str
    title: str
    columns: int
    shape: str
    source: str
    version: int
    sample_rate: int
    names: tuple[str, ...]


def listed_sets() -> list[ListedSet]:
    """All feature sets that have a name of their own, openSMILE's included where it is not installed."""
    found = [
        ListedSet(entry.name, entry.title, len(entry.columns), entry.shape, entry.source)
        for _, entry in FEATURE_SETS.items()
    ]
    needs = "" if opensmile.installed() else opensmile.INSTALL
    for set_name, n in opensmile.SETS.items():
        name = "opensmile" if set_name == opensmile.DEFAULT else f"opensmile:{set_name}"
        found.append(ListedSet(name, opensmile.title(set_name), n, str(n), opensmile.SOURCE, needs))
    return found


def other_names() -> list[tuple[str, str]]:
    """Forms of names that stand for a feature set each, with what they mean."""
    return [
        ("embedding:FILE.onnx", tr("a network on waveform or log-mel input")),
        ("embedding:PACKAGE[@WEIGHTS]", tr("an installed package with the interface of HEAR")),
        (
            "embedding:transformers@FOLDER",
            tr("a speech model (wav2vec2, HuBERT, WavLM, ...) by transformers"),
        ),
        ("SET+SET", tr("several sets in one pass over the sound")),
        ("SET~trim=DB~level=DB~pad=S", tr("clips trimmed, levelled, cut or filled up beforehand")),
        *((name, tr("asked for before")) for name in load_settings().embeddings),
    ]


def describe_set(name: str) -> DescribedSet:
    """A feature set of any name, loaded, which asks for it: its package's code may run from now on.

    Raises `AnnotatorError` where it cannot be used.
    """
    ask_for(name)
    found = FEATURE_SETS[name]
    return DescribedSet(
        found.name,
        found.title,
        len(found.columns),
        found.shape,
        found.source,
        found.version,
        found.sample_rate,
        found.columns,
    )


def offered_features() -> list[tuple[str, str]]:
    """Names and titles of what can be chosen: all sets there are, openSMILE's, and the embeddings asked for before."""
    title = opensmile.title(opensmile.DEFAULT)
    if not opensmile.installed():
        title = tr("{title}; not installed: {line}", title=title, line=opensmile.INSTALL)
    offered = [(name, entry.title) for name, entry in FEATURE_SETS.items()]
    return [*offered, ("opensmile", title), *((name, name) for name in load_settings().embeddings)]
