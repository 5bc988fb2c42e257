"""The agreement report as one HTML page that needs nothing else: no script, no network, no file beside it."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from annotator.agreement.coefficient import Coefficient
from annotator.agreement.report import ItemReport
from annotator.app.agreement import (
    Divided,
    RaterPlace,
    SchemeAgreement,
    divided_segments,
    plane_of,
    rater_places,
)
from annotator.app.raters import RaterHints, rater_hints
from annotator.app.report import methods, plots
from annotator.app.report.html import (
    bullets,
    contents,
    framed,
    interval,
    number,
    paragraph,
    quoted,
    section,
    table,
    write_whole,
)
from annotator.app.session import Session
from annotator.domain.corpus import now
from annotator.domain.scheme import Scheme
from annotator.domain.timeline import clock, to_seconds
from annotator.domain.translation import tr

#: Raters up to which a matrix of all pairs can be read on a page.
_MOST_IN_MATRIX = 25

#: Raters and segments that are listed, at most.
_MOST_RATERS = 100
_MOST_SEGMENTS = 12

#: Pairs with fewer shared segments are greyed.
_FEW_SHARED = 10

#: Opacity of the colour behind perfect agreement: text over it still has a contrast of 4.5.
_DEEPEST = 0.45


def write_page(
    session: Session,
    agreements: Sequence[SchemeAgreement],
    path: Path,
    *,
    replicates: int = 1000,
    seed: int = 0,
) -> None:
    """Writes the report of what `measure_agreement` found, whole or not at all.

    Parameters
    ----------
    replicates, seed
        Those that the agreement was measured with, for the paragraph on methods.
    """
    parts = [
        *(_scheme(session, found, replicates, seed) for found in agreements),
        section("limits", tr("Limits"), bullets(methods.limits())),
        section("references", tr("References"), bullets(methods.references(agreements))),
    ]
    links = contents(
        [
            *((_anchor(found.scheme.name), found.scheme.title) for found in agreements),
            ("limits", tr("Limits")),
            ("references", tr("References")),
        ]
    )
    head = paragraph(tr("Measured on {day}.", day=now()[:10]), "quiet") + links
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, tr("Agreement of raters: {corpus}", corpus=session.name), head, "".join(parts))


def _scheme(session: Session, agreement: SchemeAgreement, replicates: int, seed: int) -> str:
    scheme = agreement.scheme
    divided = divided_segments(session, agreement)
    names = {item.name: item.title or item.name for item in scheme.items}
    parts = []
    if scheme.question:
        parts.append(paragraph(tr("Raters were asked: {question}", question=scheme.question), "quiet"))
    parts.append(_glance(agreement, names))
    parts += [_item(report, names[report.item], divided.get(report.item, ())) for report in agreement.items]
    parts += [_item(made.report, made.title, (), made.note) for made in agreement.derived]
    if agreement.sets is not None:
        text = tr("All boxes of a rating taken together as one set, sets that overlap agreeing in part.")
        parts.append(f"<h3>{escape(tr('Boxes ticked together'))}</h3><p>{escape(text)}</p>")
        parts.append(_coefficients([agreement.sets], tr("Agreement on sets")))
    parts.append(_raters(scheme, rater_hints(session, scheme.name), rater_places(session, scheme.name)))
    text = methods.paragraph(agreement, replicates=replicates, seed=seed)
    parts.append(f"<h3>{escape(tr('Methods, for a paper'))}</h3>{quoted(text)}")
    return section(_anchor(scheme.name), scheme.title, "".join(parts))


def _glance(agreement: SchemeAgreement, names: Mapping[str, str]) -> str:
    """One row an item: how alike two raters answer, and how reliable one rater and their mean are."""
    rows = []
    for report in agreement.items:
        alpha = report.coefficients[0]
        single, mean = report.coefficient("icc", "1,1"), report.coefficient("icc", "1,k")
        percent = report.percent_agreement.value
        rows.append(
            [
                names[report.item],
                str(report.n_items),
                str(report.n_raters),
                "-" if percent is None else f"{100 * percent:.1f} %",
                number(alpha.value),
                interval(alpha.ci),
                number(single.value if single else None),
                number(mean.value if mean else None),
            ]
        )
    heads = [
        tr("item"), tr("segments"), tr("raters"), tr("percent agreement"), tr("Krippendorff's alpha"),
        tr("95 % interval"), tr("one rater, ICC(1,1)"), tr("mean of k raters, ICC(1,k)"),
    ]  # fmt: skip
    return table(tr("At a glance"), heads, rows, numeric=range(1, 8))


def _item(report: ItemReport, title: str, divided: Sequence[Divided], note: str = "") -> str:
    parts = [f"<h3>{escape(title)}</h3>", f"<p>{escape(report.summary)}</p>"]
    if note:
        parts.append(f"<p>{escape(note)}</p>")
    parts.append(_counts(report))
    coefficients = list(report.coefficients)
    if report.percent_agreement.value is not None:
        coefficients.insert(0, report.percent_agreement)
    parts.append(plots.forest(coefficients, methods.titles(coefficients), title))
    parts.append(_coefficients(coefficients, tr("Coefficients of {item}", item=title)))
    if report.prevalence:
        parts.append(plots.shares(report.prevalence, title))
    parts.append(_categories(report, title))
    parts.append(_matrix(report, title))
    parts.append(_rater_figures(report, title))
    parts.append(_outlook(report, title))
    parts.append(_worst(divided, title))
    return "".join(parts)


def _counts(report: ItemReport) -> str:
    low, middle, high = report.ratings_per_item
    text = tr(
        "{ratings} ratings of {segments} segments by {raters} raters; {low} to {high} ratings a segment (median"
        " {middle:g}); {single} segments with a single rating.",
        ratings=report.n_ratings, segments=report.n_items, raters=report.n_raters, low=low, high=high, middle=middle,
        single=report.n_single,
    )  # fmt: skip
    return f"<p>{escape(text)}</p>"


def _coefficients(coefficients: Sequence[Coefficient], caption: str) -> str:
    rows = [
        [
            title,
            number(c.value),
            interval(c.ci),
            str(c.n_units),
            str(c.n_ratings),
            c.reason or (tr("analytic interval") if c.ci_method == "analytic" else ""),
        ]
        for title, c in zip(methods.titles(coefficients), coefficients, strict=True)
    ]
    heads = [tr("coefficient"), tr("value"), tr("95 % interval"), tr("segments"), tr("ratings"), tr("remark")]
    return table(caption, heads, rows, numeric=(1, 2, 3, 4))


def _categories(report: ItemReport, title: str) -> str:
    if len(report.per_category) < 3:
        return ""
    rows = [
        [c.category, f"{100 * c.prevalence:.1f} %", number(c.alpha.value), c.alpha.reason]
        for c in report.per_category
    ]
    caption = tr("Each answer to {item} against all others", item=title)
    return table(
        caption, [tr("answer"), tr("share"), tr("Krippendorff's alpha"), tr("remark")], rows, numeric=(1, 2)
    )


def _matrix(report: ItemReport, title: str) -> str:
    names = [rater.rater for rater in report.raters]
    if not report.pairwise or len(names) > _MOST_IN_MATRIX:
        return f'<p class="quiet">{escape(report.pairwise_reason)}</p>' if report.pairwise_reason else ""
    pairs = {frozenset((p.a, p.b)): p for p in report.pairwise}
    rows = []
    for a in names:
        cells = []
        for b in names:
            pair = pairs.get(frozenset((a, b))) if a != b else None
            if pair is None:
                cells.append("<td></td>")
                continue
            few = " few" if pair.n_shared < _FEW_SHARED else ""
            deep = 0.0 if pair.value is None or few else _DEEPEST * max(pair.value, 0.0)
            cells.append(
                f'<td class="cell{few}" style="background:rgba(var(--accent-rgb),{deep:.2f})">{number(pair.value, 2)}'
                f"<small>{pair.n_shared}</small></td>"
            )
        rows.append(f'<tr><th scope="row">{escape(a)}</th>{"".join(cells)}</tr>')
    caption = tr(
        "{measure} of every pair of raters on {item}; below it the segments both rated (slanted: fewer than {few})",
        measure=methods.title(*report.measure), item=title, few=_FEW_SHARED,
    )  # fmt: skip
    heads = "<td></td>" + "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return framed(caption, heads, rows)


def _rater_figures(report: ItemReport, title: str) -> str:
    """Each rater against all others and, where asked again, against themselves."""
    rows = [
        [
            r.rater,
            str(r.n),
            number(r.vs_rest),
            number(r.self_agreement),
            str(r.n_repeats) if r.n_repeats else "-",
        ]
        for r in report.raters[:_MOST_RATERS]
    ]
    caption = tr("{measure} of each rater on {item}", measure=methods.title(*report.measure), item=title)
    heads = [tr("rater"), tr("ratings"), tr("with the others"), tr("with themselves"), tr("asked again")]
    return table(caption, heads, rows, numeric=(1, 2, 3, 4)) if rows else ""


def _outlook(report: ItemReport, title: str) -> str:
    if not report.outlook:
        return ""
    rows = [[str(o.raters), f"{o.width:.3f}", f"{o.mean_reliability:.3f}"] for o in report.outlook]
    text = tr(
        "From the data so far, an interval of this width is to be expected with so many raters a segment, and the mean"
        " of their answers would be this reliable."
    )
    heads = [tr("raters per segment"), tr("width of the interval"), tr("reliability of the mean")]
    widths = table(tr("How many raters are enough for {item}", item=title), heads, rows, numeric=(0, 1, 2))
    return f"<h4>{escape(tr('How many raters are enough'))}</h4><p>{escape(text)}</p>" + (
        plots.outlook_curve(report.outlook, title) + widths
    )


def _worst(divided: Sequence[Divided], title: str) -> str:
    if not divided:
        return ""
    rows = []
    for found in divided[:_MOST_SEGMENTS]:
        rate = found.recording.sample_rate
        span = (
            f"{clock(to_seconds(found.segment.start, rate))} .. {clock(to_seconds(found.segment.end, rate))}"
        )
        said = "; ".join(f"{rater}: {_said(value)}" for rater, value in found.answers)
        rows.append([found.recording.name, span, f"{found.score:.2f}", said])
    heads = [tr("recording"), tr("segment"), tr("disagreement"), tr("answers")]
    return table(tr("Segments that divide the raters most on {item}", item=title), heads, rows, numeric=(2,))


def _raters(scheme: Scheme, hints: Sequence[RaterHints], places: Sequence[RaterPlace]) -> str:
    parts = [f"<h3>{escape(tr('Raters'))}</h3>"]
    shown = hints[:_MOST_RATERS]
    rows = [
        [h.rater, str(h.n), "-" if h.median_seconds is None else f"{h.median_seconds:.1f} s",
         "-" if h.too_fast is None else f"{100 * h.too_fast:.0f} %"]
        for h in shown
    ]  # fmt: skip
    heads = [tr("rater"), tr("ratings"), tr("median time"), tr("faster than the segment lasts")]
    parts.append(table(tr("How many ratings, and how fast"), heads, rows, numeric=(1, 2, 3)))
    plane = plane_of(scheme)
    if plane is not None and places and len(places) <= _MOST_IN_MATRIX:
        parts.append(plots.plane(places, *plane))
    speaking = [h for h in shown if h.hints]
    text = tr("Hints for a talk, never a verdict: there may be good reasons for each of them.")
    parts.append(f"<h4>{escape(tr('Hints'))}</h4><p>{escape(text)}</p>")
    if not speaking:
        parts.append(f"<p>{escape(tr('Nothing stands out.'))}</p>")
    parts += [f"<p><strong>{escape(h.rater)}</strong></p>{bullets(h.hints, 'hints')}" for h in speaking]
    if len(hints) > len(shown):
        parts.append(f"<p>{escape(tr('{n} more raters are not listed.', n=len(hints) - len(shown)))}</p>")
    return "".join(parts)


def _said(value: object) -> str:
    if value is None:
        return tr("cannot tell")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _anchor(name: str) -> str:
    return escape(f"scheme-{name}".replace(" ", "-"), quote=True)
