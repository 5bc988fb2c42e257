"""The data card of an export: what, how many, by whom, how reliable, how to cite, and what it cannot show.

In English whatever the user's language is, as the places where data sets are published are. It holds no day and no
name of a rater: the same corpus gives the same card.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from annotator.agreement.coefficient import Coefficient
from annotator.app.agreement import SchemeAgreement
from annotator.app.report import methods
from annotator.domain.corpus import Split
from annotator.domain.scheme import Item, Scheme
from annotator.domain.timeline import clock, to_seconds
from annotator.exchange.bundle import ExportData, ExportOptions, Filled
from annotator.exchange.card import instrument, labelled_by, scale, written_labels
from annotator.exchange.croissant_writer import demographics, people_of
from annotator.exchange.labels import Label, methods_used, oriented

_BINS = 8
_MOST_STEPS = 11
#: Items up to which each has a plot of its coefficients.
_MOST_PLOTS = 12


@dataclass(frozen=True, slots=True)
class Figures:
    """A table; `numeric` are the columns to stand at the right."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """How often each class or step was settled."""

    item: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reliability:
    """The coefficients of one item with their intervals."""

    item: str
    coefficients: Sequence[Coefficient]


Block = str | tuple[str, ...] | Figures | Balance | Reliability
"""A paragraph, a list, a table, or figures that are drawn where that is possible."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Card:
    """All that the two pages say."""

    title: str
    lead: str
    sections: Sequence[Section]
    front_matter: Sequence[str] = field(default_factory=tuple)


def data_card(
    data: ExportData, options: ExportOptions, agreements: Sequence[SchemeAgreement], filled: Filled
) -> Card:
    """The card of what was written into a folder."""
    about = data.about
    labels = written_labels(data, filled)
    sections = [
        Section("Contents", [_overview(data, filled), *filled.layout]),
        Section("Raters", [_raters(data)]),
        *(
            _instrument(scheme, labels.get(scheme.name, {}), _of(agreements, scheme))
            for scheme in data.schemes
            if scheme.name in labels or _of(agreements, scheme)
        ),
    ]
    split = next((one for one in data.splits if one.name == options.split), None)
    if split is not None:
        sections.append(Section(f"Split {split.name}", list(_split(data, split, filled, labels))))
    if filled.left_out:
        sections.append(Section("Left out", list(_left_out(filled))))
    if about.collection:
        sections.append(Section("How the sound was come by", [about.collection]))
    sections.append(Section("Known limits", [tuple(_limits(data, options, filled, labels))]))
    sections.append(
        Section("Licence", [about.licence or "No licence is stated: ask those who made the corpus."])
    )
    sections.append(Section("Citation", [about.citation or "No citation is stated."]))
    sections.append(
        Section(
            "Integrity",
            [
                "`manifest.json` has the SHA-256 of every file; `annotator export --verify FOLDER` compares them."
                " The same corpus with the same options gives the same bytes."
            ],
        )
    )
    lead = about.description or f"{len(filled.segments)} labelled segments of sound."
    return Card(about.title or data.name, lead, sections, filled.front_matter)


def _of(agreements: Sequence[SchemeAgreement], scheme: Scheme) -> SchemeAgreement | None:
    return next((found for found in agreements if found.scheme.name == scheme.name), None)


def _overview(data: ExportData, filled: Filled) -> Figures:
    recordings = {segment.recording_id for segment in filled.segments}
    lengths = [
        to_seconds(segment.samples, data.recording_of[segment.recording_id].sample_rate)
        for segment in filled.segments
    ]
    rates = sorted({data.recording_of[id_].sample_rate for id_ in recordings})
    rows = [
        ["Segments", str(len(filled.segments))],
        ["Recordings", str(len(recordings))],
        ["Duration of all segments", clock(sum(lengths), 0)],
        [
            "Duration of a segment",
            f"{min(lengths):.2f} s to {max(lengths):.2f} s, median {median(lengths):.2f} s",
        ],
        ["Sampling rates", ", ".join(f"{rate} Hz" for rate in rates)],
    ]
    for key, values in _groups(data, filled).items():
        rows.append([f"Values of {key}", str(len(values))])
    told = sum(bool(segment.text) for segment in filled.segments)
    if told:
        rows.append(["Segments with text", str(told)])
    for name, text in (
        ("Languages", ", ".join(data.about.languages)),
        ("Made by", data.about.creators),
        ("Version", data.about.version),
        ("Published", data.about.published),
        ("Address", data.about.url),
    ):
        if text:
            rows.append([name, text])
    return Figures("What there is", ["What", "How many"], rows)


def _groups(data: ExportData, filled: Filled) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for segment in filled.segments:
        groups = dict(data.recording_of[segment.recording_id].groups)
        if segment.speaker:
            groups["speaker"] = segment.speaker
        for key, value in groups.items():
            found.setdefault(key, set()).add(value)
    return dict(sorted(found.items()))


def _raters(data: ExportData) -> str:
    if not people_of(data):
        return "No person rated in this corpus; its labels are those its sources came with."
    return f"{demographics(data)}. Raters go by pseudonyms (R1, R2, ...); their names are not part of this export."


def _instrument(scheme: Scheme, labels: Mapping[str, Label], agreement: SchemeAgreement | None) -> Section:
    blocks: list[Block] = [instrument(scheme)]
    if scheme.question:
        blocks.append(f"Raters were asked: {scheme.question}")
    rows = [[item.name, item.title or item.name, scale(item)] for item in scheme.items]
    blocks.append(Figures("Items, as they are in this export", ["item", "title", "values"], rows))
    if labels:
        blocks.append(labelled_by(methods_used(labels.values())))
    if agreement is not None:
        blocks.append("Agreement was measured on all ratings of the corpus, with 95 % intervals.")
        blocks.append(_agreement(agreement))
        if len(agreement.items) <= _MOST_PLOTS:
            blocks += [Reliability(report.item, report.coefficients) for report in agreement.items]
    for item in scheme.items:
        counts = _balance(item, labels)
        if counts:
            blocks.append(Balance(item.name, counts))
    return Section(scheme.title, blocks)


def _agreement(agreement: SchemeAgreement) -> Figures:
    rows = []
    for report in agreement.items:
        alpha = report.coefficients[0]
        interval = f"{alpha.ci[0]:.3f} to {alpha.ci[1]:.3f}" if alpha.ci else "-"
        percent = report.percent_agreement.value
        rows.append(
            [
                report.item,
                str(report.n_items),
                str(report.n_raters),
                str(report.n_ratings),
                "-" if percent is None else f"{100 * percent:.1f} %",
                methods.title(alpha.name, alpha.variant),
                "-" if alpha.value is None else f"{alpha.value:.3f}",
                interval if alpha.value is not None else alpha.reason,
            ]
        )
    heads = [
        "item",
        "segments",
        "raters",
        "ratings",
        "percent agreement",
        "coefficient",
        "value",
        "95 % interval",
    ]
    return Figures("Agreement of the raters", heads, rows, (1, 2, 3, 4, 6))


def _balance(item: Item, labels: Mapping[str, Label]) -> dict[str, int]:
    """How often each category was settled, or each step or eighth of a scale; nothing where nothing was."""
    values = [oriented(item, label.values.get(item.name)) for label in labels.values()]
    given = [value for value in values if value is not None and not isinstance(value, list)]
    if not given:
        return {}
    if not item.numeric:
        counted = Counter(item.categories[v] if isinstance(v, bool) else str(v) for v in given)
        return {category: counted[category] for category in item.categories}
    steps = round(item.maximum - item.minimum) + 1
    if item.type == "integer" and steps <= _MOST_STEPS and all(float(v).is_integer() for v in given):
        counted = Counter(f"{float(v):g}" for v in given)
        return {str(n): counted[str(n)] for n in range(round(item.minimum), round(item.maximum) + 1)}
    width = (item.maximum - item.minimum) / _BINS
    bins = Counter(min(int((float(v) - item.minimum) / width), _BINS - 1) for v in given)
    return {
        f"{item.minimum + n * width:.3g} to {item.minimum + (n + 1) * width:.3g}": bins[n]
        for n in range(_BINS)
    }


def _split(
    data: ExportData, split: Split, filled: Filled, labels: Mapping[str, Mapping[str, Label]]
) -> Iterator[Block]:
    keys = ", ".join(split.group_keys)
    yield (
        f"Made by the method {split.method} with seed {split.seed}; no group of {keys} stands in two parts."
        if not data.leaks
        else f"Made by the method {split.method} with seed {split.seed}, by {keys}."
    )
    if data.leaks:
        yield (
            f"**This split leaks, and was exported on demand.** Scores on it cannot be trusted. The audit found"
            f" {len(data.leaks)}:"
        )
        yield data.leaks
    else:
        yield "The audit found no leak: no group, no identical sound and no linked recording on two sides."
    rows = []
    for part in split.part_names:
        members = [segment for segment in filled.segments if split.parts.get(segment.id) == part]
        seconds = sum(to_seconds(s.samples, data.recording_of[s.recording_id].sample_rate) for s in members)
        groups = len({split.groups.get(segment.id, "") for segment in members})
        rows.append([part, str(len(members)), str(groups), clock(seconds, 0)])
    yield Figures("Parts", ["part", "segments", "groups", "duration"], rows, (1, 2, 3))
    for scheme in data.schemes:
        for item in scheme.items:
            if item.type == "category" and scheme.name in labels:
                yield _classes(split, filled, item, labels[scheme.name])


def _classes(split: Split, filled: Filled, item: Item, labels: Mapping[str, Label]) -> Figures:
    rows = []
    for part in split.part_names:
        counted = Counter(
            str(labels[s.id].values.get(item.name))
            for s in filled.segments
            if s.id in labels and split.parts.get(s.id) == part
        )
        rows.append([part, *(str(counted[label]) for label in item.labels)])
    return Figures(
        f"{item.title or item.name} in each part",
        ["part", *item.labels],
        rows,
        range(1, len(item.labels) + 1),
    )


#: Why segments are left out, in words.
_REASONS = {
    "other_tier": "of another tier",
    "not_in_split": "not in the split",
    "no_label": "without a label",
    "too_short": "too short",
    "too_long": "too long",
    "few_ratings": "with too few ratings",
    "no_second_rating": "without a second rating to agree with",
    "low_agreement": "with too little agreement",
    "flagged": "flagged by a rater",
    "uncertain": "with too uncertain a label",
    "no_uncertainty": "without a figure of uncertainty",
    "duplicate": "with the sound of another",
    "same_place": "at the very place of another",
}


def _left_out(filled: Filled) -> Iterator[Block]:
    rows = [[_REASONS.get(reason, reason), str(n)] for reason, n in filled.excluded.items()]
    yield Figures("Segments of the corpus that are not here", ["why", "segments"], rows, (1,))
    yield "`left_out.csv` lists each with its reason."


def _limits(
    data: ExportData, options: ExportOptions, filled: Filled, labels: Mapping[str, Mapping[str, Label]]
) -> Iterator[str]:
    if data.about.limits:
        yield data.about.limits
    if data.leaks:
        yield "The split leaks; see above."
    people = {rater.id for rater in data.raters if rater.kind == "human"}
    chosen = {segment.id for segment in filled.segments}
    raters: dict[str, set[str]] = {}
    for one in data.annotations:
        if one.segment_id in chosen and one.rater_id in people and not one.withdrawn:
            raters.setdefault(one.segment_id, set()).add(one.rater_id)
    single = sum(len(who) == 1 for who in raters.values())
    if single:
        yield f"{single} segments were rated by one person only."
    unlabelled = len(chosen - {id_ for found in labels.values() for id_ in found})
    if unlabelled:
        yield f"{unlabelled} segments have no settled label."
    if options.clips and options.treatment:
        yield "The sound of the clips was changed; see Contents."
    yield "Labels say what these raters heard or felt; others, elsewhere, may hear or feel otherwise."
    yield "Agreement is no proof of being right: people can share an error."
