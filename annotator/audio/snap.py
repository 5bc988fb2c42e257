"""Where to cut near a place: in the quietest moment around it, on a zero crossing, so that nothing clicks."""

import numpy as np

from annotator.audio.source import AudioSource

_MOMENT = 0.01  # seconds over which loudness is averaged


def snap(source: AudioSource, at: int, reach: int) -> int:
    """The best sample for an edge within `reach` samples of `at`.

    First the quietest 10 ms are looked for (the nearest of them where several are), then the zero crossing nearest to
    their middle. Where `reach` is shorter than that only the zero crossing is, and without one the place found stays.
    A sample `n` is a crossing where the sound changes its sign between `n - 1` and `n`, or is 0 at `n`.
    """
    first = max(at - reach, 0)
    sound = source.mono(first, min(at + reach + 1, source.samples))
    if len(sound) < 2:
        return at
    place = at - first
    moment = round(_MOMENT * source.sample_rate)
    if len(sound) > 2 * moment:
        total = np.concatenate([[0.0], np.cumsum(np.square(sound), dtype=np.float64)])
        power = np.maximum(total[moment:] - total[:-moment], 0.0)
        middles = np.arange(len(power)) + moment // 2
        # What is no louder than the rounding of 16 bits counts as equally silent.
        quiet = middles[power <= power.min() + moment * 2.0**-32]
        place = int(quiet[np.abs(quiet - place).argmin()])
    crossings = np.flatnonzero((sound[1:] == 0) | ((sound[1:] < 0) != (sound[:-1] < 0))) + 1
    if len(crossings):
        place = int(crossings[np.abs(crossings - place).argmin()])
    return first + place
