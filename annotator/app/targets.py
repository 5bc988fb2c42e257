"""What is settled about each segment: the values that splits are stratified on and models are trained on."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

from annotator.app.session import find_tier
from annotator.app.several import SEVERAL, Several, dominant, find_several, is_several
from annotator.domain.corpus import Consensus, Segment, Value, group_value
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, Scheme
from annotator.domain.scores import Score, score_values, scores_of
from annotator.domain.translation import tr
from annotator.storage.answers import Answers
from annotator.storage.reader import Reader

#: The method of a person's decisions, which go before those of every rule, and the kind of rater who makes them.
_ADJUDICATED, _ADJUDICATOR = "adjudicated", "adjudicator"

#: Where values come from that nobody had to settle.
_SINGLE = "single"

#: What stands before the name of a group key that is to be learned.
GROUP_TARGET = "group:"
QUADRANT_TARGET = "quadrant"


@dataclass(frozen=True)
class Target:
    """One item with its settled value per segment, and where that came from (`consensus` method or `single`).

    `several` holds what each label has where a segment has several at once; `values` then name them.
    """

    scheme: Scheme
    item: Item
    values: dict[str, Value]
    origin: str
    several: Several | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Categories in the scheme's order; empty for numbers."""
        return self.item.categories

    def label(self, segment_id: str) -> str | None:
        """The settled category as text; `None` where there is none."""
        value = self.values.get(segment_id)
        if value is None:
            return None
        return ("yes" if value else "no") if self.item.type == "boolean" else str(value)


def find_item(reader: Reader, name: str) -> tuple[Scheme, Item]:
    """The scheme and item of a name, `ITEM` or, where several schemes have it, `SCHEME:ITEM`."""
    scheme_name, colon, item_name = name.rpartition(":")
    pairs = [(scheme, item) for scheme in _schemes(reader) for item in scheme.items]
    hits = [
        (scheme, item) for scheme, item in pairs
        if item.name == item_name and (not colon or scheme.name == scheme_name)
    ]  # fmt: skip
    if not hits:
        raise AnnotatorError(
            tr('No scheme of the corpus has an item "{name}".', name=name),
            closest(name, [item.name for _, item in pairs]),
        )
    if len(hits) > 1:
        answered = [(scheme, item) for scheme, item in hits if reader.answers(scheme.name).segments]
        if len(answered) == 1:
            return answered[0]
        raise AnnotatorError(
            tr('Several schemes have an item "{name}".', name=name),
            tr("Say which: {names}.", names=", ".join(f"{scheme.name}:{item.name}" for scheme, item in hits)),
        )
    return hits[0]


def find_target(reader: Reader, name: str, method: str | None = None) -> Target:
    """The settled values of an item: its consensus, or the only rating where nobody gave two; decisions over both.

    Other forms of name stand for targets that nobody answered as such: `group:KEY`, a group key such as speaker gender
    or genre; `quadrant` or `SCHEME:quadrant`, the quadrants of valence and arousal; the scores of a scheme with
    factors, such as `sublimity` (see `annotator.domain.scores`); and all emotions of a scheme at once, as
    `labels:SCHEME` or `labels:SCHEME@SHARE`, `shares:SCHEME` and `dominant:SCHEME` (see `several`).

    Raises `AnnotatorError` where several ratings wait for a consensus.
    """
    if name.partition(":")[0] in SEVERAL and not _names_a_scheme(reader, name.partition(":")[0]):
        return _several_target(reader, name)
    if name.startswith(GROUP_TARGET):
        return _group_target(reader, name.removeprefix(GROUP_TARGET))
    if name.rpartition(":")[2] == QUADRANT_TARGET and not _names_an_item(reader, QUADRANT_TARGET):
        return _quadrants(reader, name.rpartition(":")[0], method)
    scored = _scored(reader, name)
    if scored is not None:
        return _score_target(reader, *scored, method)
    scheme, item = find_item(reader, name)
    held = _Held(reader, scheme)
    chosen = method or held.origin(item)
    if chosen is not None:
        return Target(scheme, item, held.settled(chosen, item), chosen)
    if not held.given(item):
        raise AnnotatorError(
            tr('Nobody has rated "{item}" yet.', item=item.name), tr("Rate or import ratings first.")
        )
    raise AnnotatorError(
        tr('Segments have several ratings of "{item}" and no consensus.', item=item.name),
        tr(
            'Settle one first: "annotator consensus CORPUS --scheme {scheme} --method {method}".',
            scheme=scheme.name,
            method="mean" if item.numeric else "majority",
        ),
    )


def _schemes(reader: Reader) -> list[Scheme]:
    """The schemes with what can be settled of them: of traces the means."""
    return [scheme.measured() for scheme in reader.schemes()]


def _given(reader: Reader, scheme: str) -> Answers:
    """The answers to a scheme, of traces the means."""
    answers = reader.answers(scheme)
    drawn = next((held for held in reader.schemes() if held.name == scheme), None)
    if drawn is None or drawn.measured() is drawn:
        return answers
    return replace(answers, values=[drawn.measured_values(values) for values in answers.values])


def _names_an_item(reader: Reader, name: str) -> bool:
    return any(item.name == name for scheme in _schemes(reader) for item in scheme.items)


def _names_a_scheme(reader: Reader, name: str) -> bool:
    return any(scheme.name == name for scheme in reader.schemes())


def _several_target(reader: Reader, name: str) -> Target:
    """All emotions of a scheme at once, as labels or shares, or the strongest of them as a category."""
    several = find_several(reader, name)
    if several.kind == "dominant":
        return _derived(name, several.labels, dict(dominant(several)), "ratings", several.title)
    item = Item(name, "category", title=several.title, labels=several.labels)
    values: dict[str, Value] = dict(several.described())
    return Target(Scheme("", name, "perceived", (item,)), item, values, "ratings", several)


def _group_target(reader: Reader, key: str) -> Target:
    """The values of a group key as categories; segments without one have no value."""
    recordings = {recording.id: recording for recording in reader.recordings()}
    values: dict[str, Value] = {}
    for segment in reader.segments():
        if segment.recording_id in recordings:
            value = group_value(recordings[segment.recording_id], segment, key)
            if value is not None:
                values[segment.id] = value
    if not values:
        keys = sorted({name for recording in recordings.values() for name in recording.groups})
        raise AnnotatorError(tr('No recording has a group key "{key}".', key=key), closest(key, keys))
    labels = tuple(sorted(set(map(str, values.values()))))
    return _derived(f"{GROUP_TARGET}{key}", labels, values, "group")


def _scored(reader: Reader, name: str) -> tuple[Scheme, Score] | None:
    """The scheme and score of a name, `SCORE` or `SCHEME:SCORE`, unless it is that of an item."""
    scheme_name, colon, score_name = name.rpartition(":")
    if _names_an_item(reader, score_name):
        return None
    hits = [
        (scheme, score)
        for scheme in _schemes(reader)
        if not colon or scheme.name == scheme_name
        for score in scores_of(scheme)
        if score.name == score_name
    ]
    if len(hits) > 1:
        raise AnnotatorError(
            tr('Several schemes have a score "{name}".', name=score_name),
            tr("Say which: {names}.", names=", ".join(f"{s.name}:{score.name}" for s, score in hits)),
        )
    return hits[0] if hits else None


def _score_target(reader: Reader, scheme: Scheme, score: Score, method: str | None) -> Target:
    """A score made of the settled values of the items behind it."""
    settled = [
        find_target(reader, f"{scheme.name}:{item.name}", method) for item in scheme.items if item.factor
    ]
    segments = dict.fromkeys(segment for target in settled for segment in target.values)
    values: dict[str, Value] = {
        segment: score_values(scheme, {t.item.name: t.values.get(segment) for t in settled})[score.name]
        for segment in segments
    }
    item = Item(score.name, "number", title=score.title, minimum=score.minimum, maximum=score.maximum)
    return Target(Scheme("", score.title, scheme.judged, (item,)), item, values, settled[0].origin)


def _quadrants(reader: Reader, scheme: str, method: str | None) -> Target:
    """Quadrants of valence and arousal about the middles of their scales; what lies on an axis has no value.

    Q1 is pleasant and excited, Q2 unpleasant and excited, Q3 unpleasant and calm, Q4 pleasant and calm (J. Russell,
    "A circumplex model of affect", J. Personality and Social Psychology 39(6), 1980).
    """
    prefix = f"{scheme}:" if scheme else ""
    valence, arousal = (
        find_target(reader, f"{prefix}{_measured_name(reader, scheme, name)}", method)
        for name in ("valence", "arousal")
    )
    sides = [_sides(valence), _sides(arousal)]
    values: dict[str, Value] = {}
    for segment in sides[0].keys() & sides[1].keys():
        pleasant, excited = (side[segment] for side in sides)
        if pleasant and excited:
            values[segment] = {(1, 1): "Q1", (-1, 1): "Q2", (-1, -1): "Q3", (1, -1): "Q4"}[pleasant, excited]
    if not values:
        raise AnnotatorError(
            tr("No segment has both a valence and an arousal off the middle of the scale."),
            tr("Settle a consensus of both items first."),
        )
    return _derived(f"{prefix}{QUADRANT_TARGET}", ("Q1", "Q2", "Q3", "Q4"), values, valence.origin)


def _measured_name(reader: Reader, scheme: str, name: str) -> str:
    """What an item is called in figures: of a trace, where no item of that name is rated otherwise, its mean."""
    items = [item for held in reader.schemes() if held.name == scheme or not scheme for item in held.items]
    found = [item for item in items if item.name == name]
    if found and all(item.type == "trace" for item in found):
        return found[0].measured().name
    return name


def _sides(target: Target) -> dict[str, int]:
    """On which side of the middle of its scale each value lies, oriented so that 1 is pleasant or excited.

    0 within the neutral band: less than half a step from the middle, or of a scale without steps less than half a
    step of nine points.
    """
    item = target.item
    middle = (item.minimum + item.maximum) / 2
    band = 0.5 if item.type == "integer" else (item.maximum - item.minimum) / 16
    sides = {}
    for segment, value in target.values.items():
        if value is not None:
            away = item.oriented(float(value)) - middle  # type: ignore[arg-type]
            sides[segment] = 0 if abs(away) < band else (1 if away > 0 else -1)
    return sides


def _derived(
    name: str, labels: tuple[str, ...], values: dict[str, Value], origin: str, title: str = ""
) -> Target:
    """A target that no scheme asks for; its scheme has no name, because nobody rates it."""
    item = Item(name, "category", title=title, labels=labels)
    return Target(Scheme("", name, "perceived", (item,)), item, values, origin)


def settled_targets(reader: Reader) -> tuple[list[Target], list[Target]]:
    """Every item with settled values, as `find_target` gives it, and the rated ones that wait for a consensus.

    Schemes of several emotions are offered as a whole as well, after their items.

    The second list has no values. Each scheme's answers and consensus are read once, whatever its number of items.
    """
    ready: list[Target] = []
    waiting: list[Target] = []
    for scheme in _schemes(reader):
        held = _Held(reader, scheme)
        for item in scheme.items:
            origin = held.origin(item)
            values = held.settled(origin, item) if origin is not None else {}
            if origin is not None and any(value is not None for value in values.values()):
                ready.append(Target(scheme, item, values, origin))
            elif held.given(item):
                waiting.append(Target(scheme, item, {}, ""))
        if is_several(scheme) and reader.answers(scheme.name).segments:
            kinds = [find_target(reader, f"{kind}:{scheme.name}") for kind in SEVERAL]
            ready += [target for target in kinds if any(v is not None for v in target.values.values())]
    return ready, waiting


class _Held:
    """What is known of one scheme's items; consensus and answers are read when first asked for, and once."""

    def __init__(self, reader: Reader, scheme: Scheme) -> None:
        self._reader = reader
        self._scheme = scheme.name
        self._consensus: dict[str, list[Consensus]] = {}
        self._answers: list[tuple[str, dict[str, Value]]] | None = None
        self._methods = reader.consensus_methods(scheme.name)

    def origin(self, item: Item) -> str | None:
        """Where the values come from: the consensus of a rule, else the only ratings there are, else decisions."""
        order = (
            ("mean", "median", "ewe") if item.numeric else ("majority", "plurality", "soft", "dawid-skene")
        )
        rule = next((method for method in order if method in self._methods), None)
        if rule is not None:
            return rule
        if item.name in self.rated_once:
            return _SINGLE
        return _ADJUDICATED if _ADJUDICATED in self._methods else None

    def settled(self, method: str, item: Item) -> dict[str, Value]:
        """The consensus by one method, by segment, with the decisions of a person over it; `None` where undecided."""
        values: dict[str, Value] = {}
        if method == _SINGLE:
            values |= {segment: found[0] for segment, found in self.given(item).items()}
        for source in dict.fromkeys((method, _ADJUDICATED)):
            rows = self._rows(source)
            values |= {row.segment_id: row.values[item.name] for row in rows if item.name in row.values}
        return values

    def given(self, item: Item) -> dict[str, list[Value]]:
        """All first-pass ratings of the item, by segment."""
        given: dict[str, list[Value]] = defaultdict(list)
        for segment, values in self._ratings():
            if values.get(item.name) is not None:
                given[segment].append(values[item.name])
        return given

    @cached_property
    def rated_once(self) -> frozenset[str]:
        """The items of which no segment has two ratings, unless a decision stands above them."""
        decided = {(row.segment_id, name) for row in self._rows(_ADJUDICATED) for name in row.values}
        seen: set[tuple[str, str]] = set()
        once: set[str] = set()
        twice: set[str] = set()
        for segment, values in self._ratings():
            for name, value in values.items():
                if value is not None and (segment, name) not in decided:
                    (twice if (segment, name) in seen else once).add(name)
                    seen.add((segment, name))
        return frozenset(once - twice)

    def _rows(self, method: str) -> list[Consensus]:
        if method not in self._consensus:
            known = method in self._methods
            self._consensus[method] = self._reader.consensus(self._scheme, method) if known else []
        return self._consensus[method]

    def _ratings(self) -> list[tuple[str, dict[str, Value]]]:
        """Segment and values of every first-pass rating; a decision is none."""
        if self._answers is None:
            judges = {rater.id for rater in self._reader.raters() if rater.kind == _ADJUDICATOR}
            answers = _given(self._reader, self._scheme)
            self._answers = [
                (segment, values)
                for segment, rater, repeat, values in zip(
                    answers.segments, answers.raters, answers.repeats, answers.values, strict=True
                )
                if repeat == 0 and rater not in judges
            ]
        return self._answers


@dataclass(frozen=True, slots=True)
class SettledItem:
    """An item that `find_target` can give: by what `name`, and settled by which `method` (or `single`)."""

    name: str
    scheme: Scheme
    item: Item
    method: str


def settled_items(reader: Reader) -> tuple[SettledItem, ...]:
    """All items whose values are settled: by a consensus, or because nobody gave a second rating."""
    schemes = _schemes(reader)
    homes = Counter(item.name for scheme in schemes for item in scheme.items)
    found: list[SettledItem] = []
    for scheme in schemes:
        held = _Held(reader, scheme)
        for item in scheme.items:
            method = held.origin(item)
            if method is not None:
                name = item.name if homes[item.name] == 1 else f"{scheme.name}:{item.name}"
                found.append(SettledItem(name, scheme, item, method))
    return tuple(found)


def working_segments(reader: Reader, tier: str | None = None) -> list[Segment]:
    """The segments that splits, features and exports are about.

    Those of the named tier; else of the only tier; else all that have a rating.
    """
    if tier is not None or len(reader.tiers()) == 1:
        found = reader.segments(tier_id=find_tier(reader, tier).id)
    else:
        rated = {segment for scheme in reader.schemes() for segment in reader.answers(scheme.name).segments}
        found = [segment for segment in reader.segments() if segment.id in rated]
    live = {recording.id for recording in reader.recordings()}
    found = [segment for segment in found if segment.recording_id in live]
    if not found:
        raise AnnotatorError(
            tr("There are no segments to work on."),
            tr("Segment the recordings first, or name a tier that has segments."),
        )
    return found
