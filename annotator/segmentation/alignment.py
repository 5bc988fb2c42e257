"""Finds the sentences of a plain text in a recording of it.

Each sentence is spoken by the voice engine, and the sound of all of them is compared with the recording frame by
frame. The best way through is found as in dynamic time warping (Sakoe and Chiba 1978), with two additions: between
two sentences the recording may go on without the text (silence, or speech that is not in it), and a sentence of the
text may be passed over. After Malfrere and Dutoit (1997), who aligned speech by synthesis.

Only a window of the text around the best way so far is followed, and what lies far enough back is settled: memory
for the search does not grow with the length of the recording.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.segmentation.activity import Activity
from annotator.segmentation.spectrum import RATE, cosines, decibels, filtered, filtered_sound, mel_bank
from annotator.segmentation.voice import Engine

HOP = 320
"""Samples of a frame: 20 ms."""

_FFT = 512
_BANDS, _TIMBRE = 26, 8
_FEATURES = 2 * (_TIMBRE + 1)
_LEVEL_WEIGHT = 2.0  # of the level beside each cosine: it is what voices have most in common
_SPEECH = 0.5  # probability from which a frame is speech

# Costs of a frame. Two frames of unlike sound are 1 apart on average.
_OUTSIDE = 0.86  # speech that is not in the text
_PASSED = 0.12  # a frame of text that is not in the recording
_PAUSE = 0.02  # silence within a sentence; between sentences it costs nothing
_EDGE_PAUSE = 0.5  # the same close to its ends, where it rather is the pause between sentences
_LEAVE = 1.5  # once, for going on without the text
_STAY, _SKIP = 0.12, 0.12  # speaking slower or faster than the engine

_SURE = 0.2  # how much nearer than chance a sentence is that is surely there
_EDGE = 10  # states
_FEWEST = 3  # frames of speech that a sentence has at least
_EXCHANGED = (
    0.25,
    0.375,
    0.5,
    0.625,
    0.75,
)  # shares of a sentence at which its parts are exchanged to make nonsense
_PACES = (0.6, 1.8)  # how much slower than the engine people speak

_BLOCK = 250  # frames compared at once: five seconds
_WINDOW = 6000  # states followed: two minutes of text
_BEHIND = 1500  # of them behind the best way so far
_SETTLED = 9000  # frames, three minutes, that are kept before the older half of them is settled

Frames = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence was found, in seconds, and how sure that is, 0..1; `None` times where it was not."""

    start: float | None
    end: float | None
    confidence: float

    def later(self, seconds: float) -> "Place":
        """The same place where time begins that much earlier."""
        if self.start is None or self.end is None:
            return self
        return Place(self.start + seconds, self.end + seconds, self.confidence)


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """Sentences as the engine speaks them: frames (n, features), of which sentence `i` has `edges[i]:edges[i + 1]`."""

    frames: Frames
    edges: NDArray[np.intp]

    @property
    def seconds(self) -> float:
        """How long the engine speaks."""
        return len(self.frames) * HOP / RATE

    def exchanged(self, share: float) -> "Spoken":
        """Each sentence with what stands before and after a share of it exchanged."""
        parts = [np.empty((0, _FEATURES), dtype=np.float32)]
        for first, last in pairwise(self.edges.tolist()):
            middle = first + round(share * (last - first))
            parts += [self.frames[middle:last], self.frames[first:middle]]
        return Spoken(np.concatenate(parts), self.edges)

    def first(self, sentences: int) -> "Spoken":
        """The first sentences only."""
        return Spoken(self.frames[: self.edges[sentences]], self.edges[: sentences + 1])

    def at_pace(self, pace: float) -> "Spoken":
        """The same spoken `pace` times as slowly."""
        lengths = np.maximum(np.rint(np.diff(self.edges) * pace).astype(np.intp), 1)
        edges = np.concatenate(([0], np.cumsum(lengths)))
        places = [
            np.linspace(first, last - 1, count)
            for first, last, count in zip(self.edges[:-1], self.edges[1:], lengths, strict=True)
        ]
        place = np.clip(np.concatenate([np.empty(0), *places]), 0, max(len(self.frames) - 1, 0))
        low = place.astype(np.intp)
        high = np.minimum(low + 1, len(self.frames) - 1)
        share = (place - low).astype(np.float32)[:, None]
        return Spoken(self.frames[low] * (1 - share) + self.frames[high] * share, edges)


def speak(texts: Sequence[str], language: str, engine: Engine, name: str) -> Job[Spoken]:
    """Has the engine speak sentences, each without the silence around it."""
    import soxr

    parts = [np.empty((0, _FEATURES), dtype=np.float32)]
    for number, text in enumerate(texts):
        sound = soxr.resample(engine.speak(text, language), engine.rate, RATE)
        loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max(initial=0))
        sound = sound[loud[0] : loud[-1] + 1] if len(loud) else sound[:0]
        padded = np.concatenate((np.zeros(_FFT // 2), sound, np.zeros(_FFT // 2))).astype(np.float32)
        parts.append(_timbre(filtered_sound(padded, mel_bank(_FFT, _BANDS), n_fft=_FFT, hop=HOP)))
        yield Progress(number + 1, len(texts), tr("Speaking the text of {name}", name=name))
    edges = np.cumsum([len(part) for part in parts])
    return Spoken(_standard(np.concatenate(parts), slice(None)), edges)


def listen(source: AudioSource, activity: Activity) -> Job[tuple[Frames, NDArray[np.bool_]]]:
    """Frames (n, features) of a recording, and which of them are speech (n,)."""
    text = tr("Listening to {name}", name=source.path.name)
    power = yield from filtered(source, mel_bank(_FFT, _BANDS), n_fft=_FFT, hop=HOP, text=text)
    times = np.arange(len(power)) * HOP / RATE + activity.lag / 2
    frame = (times * activity.sample_rate / activity.hop).astype(np.intp)
    speech = activity.probability[np.clip(frame, 0, len(activity.probability) - 1)] >= _SPEECH
    return _standard(_timbre(power), speech), speech


def _timbre(power: Frames) -> Frames:
    """Cosines and mean of the spectrum in dB, and how they change, (frames, features)."""
    if not len(power):
        return np.empty((0, _FEATURES), dtype=np.float32)
    level = decibels(power, 60.0)
    still = np.hstack((level @ cosines(_BANDS, _TIMBRE), level.mean(axis=1, keepdims=True)))
    padded = np.pad(still, ((2, 2), (0, 0)), mode="edge")
    change = 2 * (padded[4:] - padded[:-4]) + padded[3:-1] - padded[1:-3]
    frames: Frames = np.hstack((still, change)).astype(np.float32)
    return frames


def _standard(frames: Frames, which: NDArray[np.bool_] | slice) -> Frames:
    """Features at mean 0 and a common deviation over some of the frames, so that voice and room matter less."""
    chosen = frames[which] if len(frames[which]) > 1 else frames
    if not len(chosen):
        return frames
    spread = np.maximum(chosen.std(axis=0), 1e-3)
    weight = np.ones(_FEATURES)
    weight[_TIMBRE :: _TIMBRE + 1] = _LEVEL_WEIGHT
    weight *= np.sqrt(_FEATURES / np.sum(weight**2))
    standard: Frames = ((frames - chosen.mean(axis=0)) * (weight / spread)).astype(np.float32)
    return standard


def align(heard: Frames, speech: NDArray[np.bool_], spoken: Spoken, name: str) -> Job[list[Place]]:
    """Where each sentence is in the recording.

    Parameters
    ----------
    heard, speech
        Frames of the recording and which of them are speech, from `listen`.
    spoken
        The sentences, from `speak`.
    name
        Of the recording, for the progress.
    """
    spoken = _at_their_pace(spoken, speech)
    text = tr("Looking for the text in {name}", name=name)
    search = yield from _searched(heard, speech, spoken, text)
    return (yield from _places(search.path(), heard, speech, spoken, text))


def fit(heard: Frames, speech: NDArray[np.bool_], spoken: Spoken, name: str) -> Job[float]:
    """How much better a recording fits a text than it fits nonsense of the same sounds.

    The nonsense are the sentences with their parts exchanged; it may find its best way through the recording as the
    text may, so that what is left is what the order of the sounds tells.

    Returns
    -------
    Cost of a frame of speech that the text saves: about 0 for the text of another recording, 0.03 and more for its own.
    """
    spoken = _at_their_pace(spoken, speech)
    text = tr("Comparing the text with {name}", name=name)
    costs = []
    for share in (0.0, *_EXCHANGED):
        search = yield from _searched(heard, speech, spoken.exchanged(share), text)
        costs.append(search.total() / max(int(speech.sum()), 1))
    return min(costs[1:]) - costs[0]


def _at_their_pace(spoken: Spoken, speech: NDArray[np.bool_]) -> Spoken:
    """The text spoken as slowly as people speak it, which is how long they speak."""
    return spoken.at_pace(float(np.clip(speech.sum() / max(len(spoken.frames), 1), *_PACES)))


def _searched(heard: Frames, speech: NDArray[np.bool_], spoken: Spoken, text: str) -> "Job[_Search]":
    search = _Search(spoken)
    for first in range(0, len(heard), _BLOCK):
        search.follow(heard[first : first + _BLOCK], speech[first : first + _BLOCK])
        yield Progress(min(first + _BLOCK, len(heard)), len(heard), text)
    return search


class _Search:
    """The best way through a text: its states are the frames of each sentence after a state for `not in the text`."""

    def __init__(self, spoken: Spoken) -> None:
        sentences = len(spoken.edges) - 1
        lengths = np.diff(spoken.edges)
        # States outside the text, one before each sentence and one after the last.
        self.outside = np.append(spoken.edges[:-1] + np.arange(sentences), spoken.edges[-1] + sentences)
        self.size = int(self.outside[-1]) + 1
        inside = np.ones(self.size, dtype=bool)
        inside[self.outside] = False
        self.inside = inside
        self.frames = np.zeros((self.size, spoken.frames.shape[1]), dtype=np.float32)
        self.frames[inside] = spoken.frames
        self.square = np.einsum("ij,ij->i", self.frames, self.frames)
        self.passed = np.concatenate(([0.0], np.cumsum(lengths * _PASSED)))
        self.stay = np.where(inside, _STAY, 0.0).astype(np.float32)
        self.step = np.where(inside, 0.0, _LEAVE).astype(np.float32)
        self.jump = np.where(inside, _SKIP, _LEAVE + _SKIP).astype(np.float32)
        begins = self.outside[:-1] + 1
        near = self.outside[:, None] + np.arange(-_EDGE, _EDGE + 1)
        self.pause = np.full(self.size, _PAUSE, dtype=np.float32)
        self.pause[np.clip(near, 0, self.size - 1)] = _EDGE_PAUSE
        self.pause[self.outside] = 0.0
        self.jump[begins] = 0.0  # from the end of a sentence straight into the next
        self.low = 0
        self.spent = 0.0  # what was taken off the costs to keep them small
        self.cost = np.full(min(_WINDOW, self.size), np.inf, dtype=np.float32)
        self.cost[0] = 0.0
        self._pass_over()
        self.steps: list[tuple[int, NDArray[np.int8], tuple[NDArray[np.intp], NDArray[np.intp]] | None]] = []
        self.settled: list[NDArray[np.intp]] = []

    def follow(self, heard: Frames, speech: NDArray[np.bool_]) -> None:
        """Takes in more frames of the recording."""
        self._move()
        low, high = self.low, self.low + len(self.cost)
        frames, inside = self.frames[low:high], self.inside[low:high]
        away = np.einsum("ij,ij->i", heard, heard)[:, None] + self.square[low:high] - 2 * (heard @ frames.T)
        distance = np.sqrt(np.maximum(away, 0) / (2 * heard.shape[1]))
        distance[:, ~inside] = _OUTSIDE
        distance[np.ix_(~speech, ~inside)] = 0.0
        stay, step, jump = self.stay[low:high], self.step[low:high], self.jump[low:high]
        pause = self.pause[low:high]
        for row, spoken in zip(distance, speech, strict=True):
            # While nobody speaks, waiting costs the same whatever the text says there.
            cost = self.cost + (stay if spoken else pause - row)
            source = np.zeros(len(cost), dtype=np.int8)
            for back, penalty in ((1, step), (2, jump)):
                other = self.cost[:-back] + penalty[back:]
                better = other < cost[back:]
                source[back:][better] = back
                np.minimum(cost[back:], other, out=cost[back:])
            self.cost = cost + row
            self.steps.append((low, source, self._pass_over()))
        if len(self.steps) > _SETTLED:
            way = self._trace(int(np.argmin(self.cost)) + low)
            half = _SETTLED // 2
            self.settled.append(way[: len(way) - half])
            del self.steps[: len(way) - half]

    def path(self) -> NDArray[np.intp]:
        """State of every frame of the recording; whatever is left of the text is passed over."""
        if not self.steps:
            return np.concatenate([np.empty(0, dtype=np.intp), *self.settled])
        last = int(np.argmin(self._ends())) + self.low
        return np.concatenate([*self.settled, self._trace(last)])

    def total(self) -> float:
        """Cost of the best way."""
        return self.spent + float(self._ends().min())

    def _ends(self) -> NDArray[np.float64]:
        """What it costs to end in each state, the rest of the text passed over."""
        states = np.arange(self.low, self.low + len(self.cost))
        sentence = np.searchsorted(self.outside, states, side="left")
        rest = self.passed[-1] - self.passed[np.minimum(sentence, len(self.passed) - 1)]
        ends: NDArray[np.float64] = self.cost + rest
        return ends

    def _pass_over(self) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
        """Lets sentences of the text be left out; gives the states reached so, and those they were reached from."""
        first, last = np.searchsorted(self.outside, (self.low, self.low + len(self.cost)))
        places = self.outside[first:last] - self.low
        relative = self.cost[places] - self.passed[first:last]
        least = np.minimum.accumulate(relative)
        better = relative > least
        if not better.any():
            return None
        sources = np.maximum.accumulate(np.where(better, 0, np.arange(len(places))))
        self.cost[places] = least + self.passed[first:last]
        reached = np.flatnonzero(better)
        return places[reached] + self.low, places[sources[reached]] + self.low

    def _move(self) -> None:
        """Moves the window on with the best way."""
        best = int(np.argmin(self.cost))
        shift = min(max(best - _BEHIND, 0), self.size - self.low - len(self.cost))
        if shift > 0:
            self.cost = np.append(self.cost[shift:], np.full(shift, np.inf, dtype=np.float32))
            self.low += shift
        least = self.cost.min()
        self.spent += float(least)
        self.cost -= least

    def _trace(self, state: int) -> NDArray[np.intp]:
        """States of the frames that are kept, ending in `state`."""
        way = np.empty(len(self.steps), dtype=np.intp)
        for number in range(len(self.steps) - 1, -1, -1):
            low, source, passed = self.steps[number]
            if passed is not None:
                reached = np.flatnonzero(passed[0] == state)
                if len(reached):
                    state = int(passed[1][reached[0]])
            way[number] = state
            state -= int(source[state - low])
        return way


def _places(
    path: NDArray[np.intp], heard: Frames, speech: NDArray[np.bool_], spoken: Spoken, text: str
) -> Job[list[Place]]:
    """What a path says of each sentence."""
    sentences = len(spoken.edges) - 1
    outside = np.append(spoken.edges[:-1] + np.arange(sentences), spoken.edges[-1] + sentences)
    inside = ~np.isin(path, outside)
    places = []
    for number in range(sentences):
        first, last = np.searchsorted(path, (outside[number], outside[number + 1]))
        taken = first + np.flatnonzero(inside[first:last] & speech[first:last])
        if len(taken) < _FEWEST:
            places.append(Place(None, None, 0.0))
            continue
        match = spoken.frames[path[taken] - number - 1]
        own = spoken.frames[spoken.edges[number] : spoken.edges[number + 1]]
        confidence = _confidence(heard[taken], match, own)
        places.append(Place(float(taken[0] * HOP / RATE), float((taken[-1] + 1) * HOP / RATE), confidence))
        yield Progress(1, 1, text)
    return places


def _confidence(heard: Frames, match: Frames, own: Frames) -> float:
    """How much better a sentence fits than the same sounds in a wrong order do, 0..1.

    The sentence backwards, and with its halves exchanged, has the same sounds and the same length: what it reaches
    under the same rules is what chance reaches in this voice and this noise.
    """
    half = len(own) // 2
    decoys = (own[::-1], np.concatenate((own[half:], own[:half])))
    chance = min(_mean_distance(heard, decoy[_forced(heard, decoy)]) for decoy in decoys)
    return float(np.clip((chance - _mean_distance(heard, match)) / _SURE, 0.0, 1.0))


def _forced(heard: Frames, own: Frames) -> NDArray[np.intp]:
    """The best way of speech (n, features) through the frames of one sentence, from its first to its last."""
    search = _Search(Spoken(own, np.array([0, len(own)])))
    search.step[0] = search.step[-1] = np.inf
    search.follow(heard, np.ones(len(heard), dtype=bool))
    return np.clip(search.path() - 1, 0, len(own) - 1)


def _mean_distance(heard: Frames, match: Frames) -> float:
    return float(np.linalg.norm(heard - match, axis=1).mean() / np.sqrt(2 * heard.shape[1]))
