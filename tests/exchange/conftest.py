"""A small corpus with everything in it that an export can trip over."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.audio.source import open_source
from annotator.domain.corpus import Annotation, Consensus, Rater, Recording, Segment, Split, Tier
from annotator.domain.scheme import Item, Scheme
from annotator.exchange.bundle import ExportData

RATE = 8_000

EMOTIONS = Scheme(
    "emotions", "Emotions", "perceived", (Item("emotion", "category", labels=("angry", "calm", "None")),)
)
#: A scale drawn from pleasant (1) to unpleasant (5): exports must turn it.
REVERSED = Scheme(
    "smile", "Smile to frown", "felt", (Item("valence", "integer", minimum=1, maximum=5, direction=-1),)
)
TICKS = Scheme(
    "ticks", "Boxes", "felt", (Item("power", "boolean"), Item("joy", "boolean")), panel="checklist"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[..., ExportData]:
    """Makes a corpus of `recordings` files with three segments each, rated by two people."""

    def make(recordings: int = 6) -> ExportData:
        media = tmp_path / "media"
        media.mkdir(exist_ok=True)
        found, segments, annotations, consensus = [], [], [], []
        for number in range(recordings):
            # The word "test" in a file name must not decide which part a clip is in.
            path = media / f"test train {number}.wav"
            sound = np.random.default_rng(number).integers(-9_000, 9_000, (RATE * 2, 1), dtype=np.int16)
            soundfile.write(path, sound, RATE)
            groups = {"actor": f"{number + 1:02d}", "show": 'A, "B"'}
            found.append(Recording(f"{number:032x}", path.name, "s", "p", RATE, RATE * 2, 1, groups))
            for third in range(3):
                segment = Segment(
                    f"{number * 16 + third + 10:032x}", found[-1].id, "t1", third * 4_001, third * 4_001 + 3_999,
                    text="Già\nfatto, \"no\"" if number == 0 else "", speaker="Bo" if third == 2 else "",
                )  # fmt: skip
                segments.append(segment)
                label = EMOTIONS.items[0].labels[(number + third) % 3]
                for rater, valence in (("b", 2), ("a", 1)):
                    base = Annotation("", segment.id, rater, "emotions", {"emotion": label})
                    annotations.append(replace(base, id=f"{segment.id}{rater}e"))
                    values = {"valence": valence if third else None}
                    annotations.append(
                        replace(base, id=f"{segment.id}{rater}s", scheme="smile", values=values)
                    )
                annotations.append(
                    Annotation(f"{segment.id}t", segment.id, "a", "ticks", {"power": True, "joy": False})
                )
                shares = {"angry": 0.25, "calm": 0.25, "None": 0.5}
                consensus += [
                    Consensus(segment.id, "emotions", "majority", {"emotion": label}, {}, {"emotion": 2}),
                    Consensus(segment.id, "emotions", "soft", {"emotion": None}, {"emotion": shares}, {"emotion": 2}),
                    Consensus(segment.id, "smile", "mean", {"valence": 1.5 if third else None}),
                    Consensus(segment.id, "ticks", "majority", {"power": True, "joy": False}, ties=("joy",)),
                ]  # fmt: skip
        return ExportData(
            name="Demo",
            recordings=tuple(found),
            tiers=(Tier("t1", "sentences"),),
            segments=tuple(segments),
            schemes=(EMOTIONS, REVERSED, TICKS),
            raters=(Rater("b", "Anna"), Rater("a", "Bo")),
            annotations=tuple(annotations),
            consensus=tuple(consensus),
            splits=(
                split(found, segments, "holdout", ("train", "dev", "test")),
                split(found, segments, "folds", ("fold1", "fold2", "fold3", "fold4", "fold5")),
            ),
            open_audio=lambda recording: open_source(media / recording.path),
            audio_path=lambda recording: media / recording.path,
        )

    return make


def split(recordings: list[Recording], segments: list[Segment], name: str, parts: tuple[str, ...]) -> Split:
    """Recordings dealt out to the parts one after the other."""
    part_of = {recording.id: parts[number % len(parts)] for number, recording in enumerate(recordings)}
    return Split(
        id=name,
        name=name,
        method="milp",
        seed=1,
        group_keys=("actor",),
        parts={segment.id: part_of[segment.recording_id] for segment in segments},
        groups={segment.id: segment.recording_id for segment in segments},
        options={"shares": dict.fromkeys(parts, 1 / len(parts))},
    )
