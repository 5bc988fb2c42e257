"""The jobs of the Dataset workspace: each reads all that a part of the page shows, off the window's thread."""

from dataclasses import dataclass

from annotator.app.audit import AuditResult, audit_corpus
from annotator.app.consensus import SettledState, settled_states
from annotator.app.info import Info, corpus_info
from annotator.app.session import Session
from annotator.app.split import SplitReport, count_groups, report_split
from annotator.app.targets import SettledItem, settled_items
from annotator.domain.corpus import Link, Recording, Segment
from annotator.domain.progress import Job, Progress, part
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr


@dataclass(frozen=True)
class Facts:
    """What a corpus holds that splits are made of."""

    session: Session
    info: Info
    schemes: tuple[Scheme, ...]
    settled: tuple[SettledState, ...]
    items: tuple[SettledItem, ...]


@dataclass(frozen=True)
class GroupCount:
    """Into how many groups the keys tie the segments."""

    keys: tuple[str, ...]
    tier: str | None
    groups: int
    segments: int


@dataclass(frozen=True)
class Audited:
    """What the audit of a split found, with the segments to listen to."""

    split: str
    result: AuditResult
    places: dict[str, tuple[Segment, Recording]]


#: The order in which links are listed.
_VERDICTS = ("found", "accepted", "dismissed")


@dataclass(frozen=True)
class LinkEnds:
    """A link with its recordings."""

    link: Link
    a: Recording
    b: Recording

    @property
    def stretches(self) -> tuple[tuple[Segment, Recording], tuple[Segment, Recording]]:
        """What the two share, to listen to: as segments that are nowhere but here."""
        link = self.link
        return (
            (Segment(f"{link.id}:a", self.a.id, "", link.start_a, link.end_a), self.a),
            (Segment(f"{link.id}:b", self.b.id, "", link.start_b, link.end_b), self.b),
        )


@dataclass(frozen=True)
class LinkList:
    """All links, and among how many recordings."""

    links: tuple[LinkEnds, ...]
    recordings: int
    writable: bool


def read_facts(session: Session) -> Job[Facts]:
    """Counts, what is settled, and by what a split can be stratified."""
    yield Progress(0, 3, tr("Counting"))
    info = corpus_info(session)
    yield Progress(1, 3, tr("Counting"))
    settled = settled_states(session)
    yield Progress(2, 3, tr("Counting"))
    with session.reading() as reader:
        return Facts(session, info, tuple(reader.schemes()), settled, settled_items(reader))


def read_groups(session: Session, keys: tuple[str, ...], tier: str | None, *, texts: bool) -> Job[GroupCount]:
    """How many groups a split by these keys would have to place."""
    yield Progress(0, 1, tr("Tying groups together"))
    groups, segments = count_groups(session, keys, tier, texts=texts)
    return GroupCount(keys, tier, groups, segments)


def look(session: Session, name: str) -> Job[SplitReport]:
    """What a split holds."""
    yield Progress(0, 1, tr("Counting"))
    return report_split(session, name)


def read_links(session: Session) -> Job[LinkList]:
    """The links of the corpus, each with the two stretches to listen to."""
    yield Progress(0, 1, tr("Reading links"))
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        links = reader.links()
    return LinkList(
        tuple(
            LinkEnds(link, recordings[link.a], recordings[link.b])
            for link in sorted(links, key=lambda link: _link_order(link, recordings))
        ),
        len(recordings),
        session.writable,
    )


def _link_order(link: Link, recordings: dict[str, Recording]) -> tuple[int, float, str]:
    """Those that nobody has judged first, the surest first."""
    return _VERDICTS.index(link.verdict), -link.score, recordings[link.a].name


def audit(session: Session, name: str) -> Job[Audited]:
    """Audits a split and finds the segments that its findings name."""
    result = yield from part(audit_corpus(session, name), 0.0, 0.9)
    yield Progress(0.9, 1.0, tr("Collecting the segments to listen to"))
    ids = sorted({one for finding in result.findings for one in (finding.a, finding.b) if one is not None})
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        segments = reader.segments(ids=ids)
    places = {s.id: (s, recordings[s.recording_id]) for s in segments if s.recording_id in recordings}
    return Audited(name, result, places)
