"""The four synthetic raters: what they hear in a stimulus and how they put it on a scale.

Every stimulus has an intended point in the valence-arousal plane. What it conveys lies a little off that
point, alike for all raters; what a rater hears lies off again, by that rater's noise. All answers of a rater to
a stimulus follow from the one point that they heard, so that valence, arousal, mood and emotions fit together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo_corpus.moods import MOODS, Stimulus

Row = tuple[str, str, str, str, str, str]
HEADER = ("file", "start", "end", "rater", "item", "value")

#: Standard deviations: of what is conveyed about what was intended, of an answer about what was heard.
AMBIGUITY, SLIP = 0.12, 0.08

#: Where the nine emotions of Emotify lie in the plane: set by hand, by their meaning.
EMOTIONS = {
    "amazement": (0.60, 0.25),
    "solemnity": (0.15, -0.15),
    "tenderness": (0.45, -0.35),
    "nostalgia": (-0.10, -0.40),
    "calmness": (0.55, -0.65),
    "power": (0.35, 0.70),
    "joyful_activation": (0.75, 0.60),
    "tension": (-0.65, 0.70),
    "sadness": (-0.65, -0.55),
}
#: Share of answers that choose one, two, three emotions.
CHOICES = (0.3, 0.4, 0.3)


@dataclass(frozen=True, slots=True)
class Rater:
    """`bias` is added to valence and arousal, `spread` stretches them, `skips` is the share not answered."""

    name: str
    bias: tuple[float, float]
    spread: float
    noise: float
    skips: float


RATERS = (
    Rater("anna", (0.05, 0.00), 1.00, 0.34, 0.00),
    Rater("budi", (0.15, -0.05), 0.85, 0.42, 0.03),
    Rater("chiara", (-0.10, 0.10), 1.15, 0.38, 0.05),
    Rater("dohyun", (0.00, -0.15), 0.70, 0.58, 0.08),
)


class Panel:
    """All raters before a list of stimuli; every answer depends on the seed and on nothing else."""

    def __init__(self, stimuli: Sequence[Stimulus], seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.stimuli = stimuli
        self.rng = rng
        intended = np.array([stimulus.intended for stimulus in stimuli])
        conveyed = intended + AMBIGUITY * rng.standard_normal(intended.shape)
        noise = np.array([rater.noise for rater in RATERS])
        self.heard = conveyed[:, None] + noise[:, None] * rng.standard_normal((len(stimuli), len(RATERS), 2))

    def valence_arousal(self) -> list[Row]:
        """Two numbers from -1 to 1 for each answer."""
        rows: list[Row] = []
        for stimulus, rater, point in self._answers():
            marked = np.clip(rater.spread * point + rater.bias, -1, 1).round(2) + 0.0
            for item, value in zip(("valence", "arousal"), marked, strict=True):
                rows.append(_row(stimulus, rater, item, f"{value:.2f}"))
        return rows

    def moods(self) -> list[Row]:
        """The mood whose point lies nearest."""
        return [
            _row(stimulus, rater, "mood", _nearest(MOODS, point)[0])
            for stimulus, rater, point in self._answers()
        ]

    def emotions(self) -> list[Row]:
        """The nearest one, two or three of the nine emotions, each of the nine as 1 or 0."""
        rows: list[Row] = []
        for stimulus, rater, point in self._answers():
            chosen = _nearest(EMOTIONS, point)[: 1 + self.rng.choice(3, p=CHOICES)]
            rows += [_row(stimulus, rater, item, str(int(item in chosen))) for item in EMOTIONS]
        return rows

    def _answers(self) -> list[tuple[Stimulus, Rater, np.ndarray]]:
        """Everyone's point for one scheme, without those who skipped."""
        slips = SLIP * self.rng.standard_normal(self.heard.shape)
        skipped = self.rng.random(self.heard.shape[:2]) < [rater.skips for rater in RATERS]
        return [
            (stimulus, rater, self.heard[s, r] + slips[s, r])
            for r, rater in enumerate(RATERS)
            for s, stimulus in enumerate(self.stimuli)
            if not skipped[s, r]
        ]


def _nearest(places: dict[str, tuple[float, float]], point: np.ndarray) -> list[str]:
    return sorted(places, key=lambda name: float(np.hypot(*(np.array(places[name]) - point))))


def _row(stimulus: Stimulus, rater: Rater, item: str, value: str) -> Row:
    start, end = ("" if t is None else f"{t:.3f}" for t in (stimulus.start, stimulus.end))
    return stimulus.file, start, end, rater.name, item, value
