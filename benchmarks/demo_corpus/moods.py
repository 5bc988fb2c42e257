"""The four moods that everything in the demo corpus is meant to express."""

from dataclasses import dataclass

#: Valence and arousal, each from -1 to 1, that a mood stands for at full strength: one per quadrant.
MOODS = {
    "happy": (0.70, 0.60),
    "tense": (-0.65, 0.75),
    "sad": (-0.60, -0.55),
    "calm": (0.55, -0.60),
}


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One thing that raters rate: a sentence (`start` and `end` in seconds) or a whole file (both `None`)."""

    file: str
    mood: str
    strength: float = 1.0
    start: float | None = None
    end: float | None = None

    @property
    def intended(self) -> tuple[float, float]:
        """Valence and arousal that were aimed at."""
        valence, arousal = MOODS[self.mood]
        return valence * self.strength, arousal * self.strength
