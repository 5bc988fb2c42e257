"""Which recordings hold nearly the same sound, found through an index of landmarks and not by comparing all pairs.

1. All hashes go into one sorted index. Every recording looks its own up, and each hit votes for a recording and an
   offset in time. Hashes that half of the corpus shares are left out, so that the work stays proportional to its size.
2. For each pair that some offset speaks for, a line ``time in b = tempo * time in a + offset`` is fitted to all hits.
3. The share of landmarks on that line decides. Where it leaves a doubt, the waveforms themselves are correlated, at the
   same speed or, where the copy is faster and higher, at its own (`annotator.splits.correlation`).

Everything but the shortest clips is also looked up as if played higher or lower, up to a semitone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.splits.correlation import correlation, correlation_at_speed
from annotator.splits.fingerprint import HOP, RATE, Fingerprint, hashes

#: Frames a second.
_FRAMES = RATE / HOP
#: Pairs of each peak in the index: short recordings have few peaks, long ones more than enough.
_PARTNERS_SHORT, _PARTNERS_LONG, _SHORT = 6, 3, 20 * _FRAMES
#: Recordings at least so long are also looked up at other pitches.
_PITCHED = 1.5 * _FRAMES
PITCHES: tuple[float, ...] = tuple(1 + 0.0075 * step for step in range(-8, 9) if step)
"""Factors of frequency that are tried beside 1: a semitone down to a semitone up."""
#: Pitches, those with the most votes, at which a pair is compared.
_PITCHES_TRIED = 2
#: Relative tempos that are tried: up to 3 % slower or faster.
_TEMPOS = np.linspace(0.97, 1.03, 25)
#: Another tempo than 1 must explain so much more.
_TEMPO_GAIN = 1.25
#: Frames of offset (128 ms) that a vote in the index cannot tell apart, and on the fitted line.
_OFFSET_BIN, _LINE_BIN = 8, 4
#: Votes for an offset that make a pair worth a closer look: what chance gives, so many times its standard deviation
#: more, and so many more; other pitches, of which there are many, need more.
_DEVIATIONS, _VOTES, _PITCHED_EXCESS = 5.0, 3.5, 10.0
#: Recordings shorter than this have few landmarks: fewer votes will do, and the waveforms have the last word.
_FEW_LANDMARKS, _FEW_EXCESS = 8 * _FRAMES, 6.0
#: Hits of the whole corpus that are weighed in one pass, and at once.
_MOST_HITS, _HITS_AT_ONCE = 40_000_000, 4_000_000
#: A pair is the same sound where so many hashes, and this share of all in the stretch, are on the line ...
_SURE_VOTES, _SURE_SHARE = 12, 0.15
#: ... more of them where many pitches were tried ...
_PITCHED_VOTES, _PITCHED_SHARE = 24, 0.15
#: ... over so many seconds.
_SURE_SECONDS, _PITCHED_SECONDS = 1.2, 2.5
#: Or else where the waveforms correlate so well over so many seconds.
_SURE_CORRELATION, _SHORTEST = 0.75, 0.4
#: Landmarks over so few seconds and so little of both recordings do not count where the waveforms differ so much.
_CHANCE_SECONDS, _CHANCE_SHARE, _UNLIKE = 2.5, 0.2, 0.3
#: The same at another speed, where different sounds stay below a third; over at least so many seconds.
_SURE_AT_SPEED, _SHORTEST_AT_SPEED = 0.6, 0.8
#: So many landmarks, and such a share of all, make it worth while to look at another speed.
_VOTES_AT_SPEED, _SHARE_AT_SPEED = 12, 0.1
#: Seconds at the ends of a copy in which no landmark may happen to lie.
_LOOSE_END = 2.0

Listen = Callable[[int], NDArray[np.float32]]
"""Gives the mono samples at `RATE` of a recording by its number."""

_Hashed = Callable[[int, float], tuple[NDArray[np.int64], NDArray[np.int32]]]


@dataclass(frozen=True, slots=True)
class Match:
    """Two recordings (by number, a < b) of which a stretch, in seconds of each, sounds nearly the same.

    `score` is 0..1: the correlation of the waveforms where they can be laid over one another, else the share of
    landmarks that agree, which is lower by nature: 0.5 is a very sure match. `tempo` is the length of the stretch in b
    by that in a, `pitch` the factor of b's frequencies.
    """

    a: int
    b: int
    score: float
    start_a: float
    end_a: float
    start_b: float
    end_b: float
    tempo: float
    pitch: float


def find_matches(
    prints: Sequence[Fingerprint],
    listen: Listen,
    *,
    same: Sequence[str] = (),
    pitches: Sequence[float] = PITCHES,
) -> Job[list[Match]]:
    """All pairs that hold nearly the same sound, in the order of their numbers.

    Parameters
    ----------
    prints
        One fingerprint per recording.
    listen
        Gives the sound of a recording, for the few pairs that need a closer look.
    same
        Names of the recordings' sounds: pairs of one name are known to be identical and are not reported.
    pitches
        Factors of frequency to try beside 1.

    Examples
    --------
    The second recording is the first without its first second, and half as loud:

    >>> from annotator.domain.progress import finish
    >>> from annotator.splits.fingerprint import fingerprint
    >>> random = np.random.default_rng(0)
    >>> tone = np.repeat(random.uniform(200, 1500, 60), RATE // 8)
    >>> song = np.sin(2 * np.pi * np.cumsum(tone) / RATE).astype(np.float32)
    >>> sounds = [song, song[RATE:] / 2]
    >>> [match] = finish(find_matches([fingerprint(s) for s in sounds], sounds.__getitem__))
    >>> round(match.score, 2), round(match.start_a - match.start_b, 1), match.tempo
    (1.0, 1.0, 1.0)
    """
    heard = lru_cache(maxsize=64)(listen)

    @lru_cache(maxsize=256)
    def hashed(number: int, pitch: float) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        value, time = hashes(prints[number], partners=_PARTNERS_SHORT, pitch=pitch)
        order = np.argsort(value, kind="stable")
        return value[order], time[order]

    proposed: dict[tuple[int, int], list[tuple[int, float]]] = {}
    index = _Index(prints)
    passes = [1.0, *pitches] if any(found.frames >= _PITCHED for found in prints) else [1.0]
    for number, pitch in enumerate(passes):
        for done, pairs in index.propose(prints, pitch):
            yield Progress(
                0.8 * (number + done) / len(passes), 1.0, tr("Looking for sounds that occur twice")
            )
            for a, b, votes in pairs:
                # Taken to be higher was either of the two; the first is what `_compare` changes.
                factor = pitch if a < b else 1 / pitch
                if not same or same[a] != same[b]:
                    proposed.setdefault((min(a, b), max(a, b)), []).append((votes, factor))
    matches: list[Match] = []
    for number, ((a, b), tried) in enumerate(sorted(proposed.items())):
        yield Progress(0.8 + 0.2 * number / len(proposed), 1.0, tr("Comparing {n} pairs", n=len(proposed)))
        pitches_tried = [pitch for _, pitch in sorted(tried, reverse=True)[:_PITCHES_TRIED]]
        match = _compare(a, b, prints, pitches_tried, hashed, heard)
        if match is not None:
            matches.append(match)
    return matches


class _Index:
    """The hashes of all recordings, sorted, with where each was heard."""

    def __init__(self, prints: Sequence[Fingerprint]) -> None:
        self.frames = np.array([found.frames for found in prints], dtype=np.int64)
        made = [hashes(found, partners=_partners(found)) for found in prints]
        value = np.concatenate([value for value, _ in made] or [np.zeros(0, np.int64)])
        order = np.argsort(value, kind="stable")
        self.time = np.concatenate([time for _, time in made] or [np.zeros(0, np.int32)])[order]
        self.recording = np.repeat(np.arange(len(made)), [len(value) for value, _ in made])[order]
        self.values, self.first, self.count = np.unique(value[order], return_index=True, return_counts=True)
        rare_first = np.sort(self.count)
        affordable = np.cumsum(rare_first.astype(np.float64) ** 2) <= _MOST_HITS
        commonest = rare_first[affordable][-1] if affordable.any() else 0
        self.count = np.where(self.count <= commonest, self.count, 0)

    def propose(
        self, prints: Sequence[Fingerprint], pitch: float
    ) -> Iterator[tuple[float, list[tuple[int, int, int]]]]:
        """Pairs for which some offset speaks, and its votes, with the share of the recordings looked up so far.

        The first of a pair is the one that is taken to be higher by `pitch`; at 1, a < b.
        """
        batch: list[tuple[int, NDArray[np.intp], NDArray[np.int32]]] = []
        hits = 0
        for number, found in enumerate(prints):
            if pitch == 1 or found.frames >= _PITCHED:
                value, time = hashes(found, partners=_partners(found), pitch=pitch)
                place = np.minimum(np.searchsorted(self.values, value), max(len(self.values) - 1, 0))
                known = self.values[place] == value if len(self.values) else np.zeros(len(value), dtype=bool)
                batch.append((number, place[known], time[known]))
                hits += int(self.count[place[known]].sum())
            if hits >= _HITS_AT_ONCE or (number == len(prints) - 1 and batch):
                yield (number + 1) / len(prints), self._vote(batch, pitched=pitch != 1)
                batch, hits = [], 0

    def _vote(
        self, batch: list[tuple[int, NDArray[np.intp], NDArray[np.int32]]], *, pitched: bool
    ) -> list[tuple[int, int, int]]:
        asking = np.repeat([number for number, _, _ in batch], [len(place) for _, place, _ in batch])
        place = np.concatenate([place for _, place, _ in batch])
        heard = np.concatenate([time for _, _, time in batch])
        hit, row = _spread(self.first[place], self.count[place])
        a, b = asking[hit], self.recording[row]
        counted = a != b if pitched else a < b
        a, b = a[counted], b[counted]
        offset = (self.time[row[counted]].astype(np.int64) - heard[hit[counted]]) // _OFFSET_BIN
        longest = int(self.frames.max(initial=0)) // _OFFSET_BIN + 2
        pair = a.astype(np.int64) * len(self.frames) + b
        bins, votes = np.unique(pair * (2 * longest) + offset + longest, return_counts=True)
        if not len(bins):
            return []
        # A drift or a border between two bins shares the votes out between neighbours.
        beside = np.r_[np.where(np.diff(bins) == 1, votes[1:], 0), 0]
        pair = bins // (2 * longest)
        pairs, begin = np.unique(pair, return_index=True)
        total = np.add.reduceat(votes, begin)
        best = np.maximum.reduceat(votes + beside, begin)
        a, b = pairs // len(self.frames), pairs % len(self.frames)
        chance = total * 2 * _OFFSET_BIN / (self.frames[a] + self.frames[b])
        short = np.minimum(self.frames[a], self.frames[b]) < _FEW_LANDMARKS
        excess = np.where(short, _FEW_EXCESS, _PITCHED_EXCESS) if pitched else _VOTES
        likely = best >= chance + _DEVIATIONS * np.sqrt(chance) + excess
        found = (column[likely].tolist() for column in (a, b, best))
        return list(zip(*found, strict=True))


def _partners(found: Fingerprint) -> int:
    return _PARTNERS_SHORT if found.frames <= _SHORT else _PARTNERS_LONG


def _spread(first: NDArray[np.intp], count: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For stretches of rows, given by first and count: number of the stretch and row, for each of their rows."""
    stretch = np.repeat(np.arange(len(first)), count)
    within = np.arange(len(stretch)) - np.repeat(np.cumsum(count) - count, count)
    return stretch, np.repeat(first, count) + within


@dataclass(frozen=True, slots=True)
class _Line:
    """The line ``time in b = tempo * time in a + offset`` (frames) that most hits are on."""

    tempo: float
    offset: float
    votes: int
    share: float
    start: float
    end: float
    pitch: float

    @property
    def sure(self) -> bool:
        """Whether so many landmarks agree that no other proof is needed."""
        votes, share = (_SURE_VOTES, _SURE_SHARE) if self.pitch == 1 else (_PITCHED_VOTES, _PITCHED_SHARE)
        seconds = _SURE_SECONDS if self.pitch == 1 else _PITCHED_SECONDS
        long = self.end - self.start >= seconds * _FRAMES
        return long and self.votes >= votes and self.share >= share

    @property
    def worth_another_speed(self) -> bool:
        """Whether the sounds may be the same at another speed: by chance far fewer landmarks agree."""
        return self.pitch != 1 and self.votes >= _VOTES_AT_SPEED and self.share >= _SHARE_AT_SPEED


def _compare(
    a: int,
    b: int,
    prints: Sequence[Fingerprint],
    pitches: Sequence[float],
    hashed: _Hashed,
    listen: Listen,
) -> Match | None:
    """The match of two recordings, or `None` where they only have a few landmarks in common by chance."""
    best: _Line | None = None
    for pitch in pitches:
        line = _fit(a, b, prints, pitch, hashed)
        if line is not None and (best is None or line.votes > best.votes):
            best = line
        if best is not None and best.sure:
            break
    if best is None:
        return None
    length = (best.end - best.start) / _FRAMES
    start, end = best.start / _FRAMES, best.end / _FRAMES
    offset = best.offset / _FRAMES
    shortest = min(prints[a].frames, prints[b].frames)
    sure, score, tempo, factor = best.sure, best.share, best.tempo, best.pitch
    if tempo == 1 and factor == 1 and length >= _SHORTEST:
        alike, lag = correlation(listen(a), listen(b), start, end, offset)
        if alike >= _SURE_CORRELATION:
            sure, offset = True, offset + lag
        elif alike < _UNLIKE and length < _CHANCE_SECONDS and length < _CHANCE_SHARE * shortest / _FRAMES:
            sure = False  # a moment of two long recordings: by chance a few landmarks fall alike somewhere
        score = max(score, alike)
    elif best.worth_another_speed and length >= _SHORTEST_AT_SPEED:
        middle = (start + end) / 2
        found = max(
            (
                correlation_at_speed(listen(a), listen(b), middle, tempo * middle + offset, pitch)
                for pitch in pitches
                if pitch != 1
            ),
            key=lambda found: found.alike,
        )
        # In music a held tone alone can be much like another at some speed; there the landmarks must be sure.
        short = shortest < _FEW_LANDMARKS
        if found.alike >= _SURE_AT_SPEED and (sure or short):
            sure, score = True, max(score, found.alike)
            factor, tempo = found.speed, 1 / found.speed
            offset = found.middle - tempo * middle
    if not sure:
        return None
    return Match(
        a,
        b,
        float(min(max(score, 0.0), 1.0)),
        start,
        end,
        tempo * start + offset,
        tempo * end + offset,
        tempo,
        factor,
    )


def _fit(
    number_a: int, number_b: int, prints: Sequence[Fingerprint], pitch: float, hashed: _Hashed
) -> _Line | None:
    """The best line through the hits of two fingerprints, the first taken to be higher by `pitch`."""
    one, other = prints[number_a], prints[number_b]
    value_a, time_a = hashed(number_a, pitch)
    value_b, time_b = hashed(number_b, 1.0)
    left = np.searchsorted(value_b, value_a, "left")
    right = np.searchsorted(value_b, value_a, "right")
    hit, row = _spread(left, right - left)
    if not len(hit):
        return None
    x, y = time_a[hit].astype(np.float64), time_b[row].astype(np.float64)
    votes, tempo, offset = 0, 1.0, 0.0
    for tried in sorted(_TEMPOS.tolist(), key=lambda tempo: abs(tempo - 1)):
        bins = np.floor((y - tried * x) / _LINE_BIN).astype(np.int64)
        lowest = int(bins.min())
        counts = np.bincount(bins - lowest)
        counts = counts + np.r_[counts[1:], 0]
        best = int(counts.argmax())
        if counts[best] > votes * (_TEMPO_GAIN if tempo == 1 else 1):
            votes, tempo, offset = int(counts[best]), float(tried), float((best + lowest + 1) * _LINE_BIN)
    on_line = np.abs(y - tempo * x - offset) <= _LINE_BIN
    start, end = _stretch(x[on_line], tempo, offset, one.frames, other.frames)
    in_a = int(((time_a >= start) & (time_a <= end)).sum())
    in_b = int(((time_b >= tempo * start + offset) & (time_b <= tempo * end + offset)).sum())
    # A tone that is held makes the same hash again and again: each landmark of either side counts once.
    inside = on_line & (x >= start) & (x <= end)
    votes = min(len(np.unique(hit[inside])), len(np.unique(row[inside])))
    share = min(votes / max(in_a, in_b, 1), 1.0)
    return _Line(tempo, offset, votes, share, start, end, pitch)


def _stretch(
    times: NDArray[np.float64], tempo: float, offset: float, frames_a: int, frames_b: int
) -> tuple[float, float]:
    """What the two share, in frames of a: from the first to the last hit, without stragglers."""
    earliest, latest = max(0.0, -offset / tempo), min(float(frames_a), (frames_b - offset) / tempo)
    first, last = np.quantile(times, [0.02, 0.98])
    loose = _LOOSE_END * _FRAMES
    start = earliest if first - earliest <= loose else float(first)
    end = latest if latest - last <= loose else float(last)
    return start, max(end, start)
