"""The audit: every leak is found and said once, and a clean split is called clean."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.splits.audit import AuditTable, audit
from annotator.splits.crossing import copies, crossings, overlaps
from annotator.splits.groups import connect
from annotator.splits.solver import assign


def table(n, **columns):
    """A clean table of n one-second segments, each with its own recording and speaker, half train, half test."""
    columns = {
        "segments": [f"s{i}" for i in range(n)],
        "recordings": [f"r{i}" for i in range(n)],
        "starts": np.zeros(n, dtype=np.int64),
        "ends": np.full(n, 16000),
        "pcm_hashes": [f"hash{i}" for i in range(n)],
        "texts": [""] * n,
        "keys": {"speaker": [f"SM{i}" for i in range(n)]},
        "parts": ["train"] * (n - n // 2) + ["test"] * (n // 2),
        "part_names": ["train", "test"],
        "group_keys": ["speaker"],
    } | columns
    return AuditTable(**columns)


def said(findings):
    return [(f.kind, f.severity, f.a, f.b, f.part_a, f.part_b) for f in findings]


def test_a_clean_split_has_no_findings() -> None:
    assert audit(table(4, classes=["angry", "sad", "angry", "sad"])) == []


def test_a_speaker_on_two_sides_is_one_leak_however_many_segments() -> None:
    found = audit(table(60, keys={"speaker": ["SM1"] * 60}))
    assert said(found) == [("group", "leak", "s0", "s30", "train", "test")]
    assert 'speaker "SM1"' in found[0].text
    assert "train (30 segments), test (30 segments)" in found[0].text


def test_a_key_that_the_split_does_not_keep_together_is_a_warning() -> None:
    speakers = ["SM1", "SM2", "SM3", "SM4"]
    found = audit(table(4, keys={"speaker": speakers, "show": ["A", "A", "A", "B"]}))
    assert said(found) == [("group", "warning", "s0", "s2", "train", "test")]


def test_a_recording_cut_between_parts_leaks() -> None:
    halves = {"recordings": ["r", "r"], "starts": np.array([0, 20000]), "ends": np.array([16000, 36000])}
    leak = audit(table(2, **halves, keys={"speaker": [None, None]}, recording_names={"r": "talk.wav"}))
    assert ("group", "leak", "s0", "s1", "train", "test") in said(leak)
    assert '"talk.wav"' in leak[0].text


@pytest.mark.parametrize(("group_keys", "severity"), [(["speaker"], "warning"), (["recording"], "leak")])
def test_a_recording_cut_by_its_speakers_on_purpose_is_a_warning(group_keys, severity) -> None:
    halves = {"recordings": ["r", "r"], "starts": np.array([0, 20000]), "ends": np.array([16000, 36000])}
    found = audit(table(2, **halves, pcm_hashes=["h", "h"], group_keys=group_keys))
    assert said(found) == [("group", severity, "s0", "s1", "train", "test")]


def test_identical_audio_under_two_names_leaks() -> None:
    found = audit(
        table(4, pcm_hashes=["h", "x", "h", ""], recording_names={"r0": "170.mp3", "r2": "176.mp3"})
    )
    assert said(found) == [("identical", "leak", "s0", "s2", "train", "test")]
    assert found[0].score == 1
    assert "170.mp3, 176.mp3" in found[0].text


def test_unknown_audio_is_not_identical_to_other_unknown_audio() -> None:
    assert audit(table(4, pcm_hashes=[""] * 4)) == []


@pytest.mark.parametrize(("second", "severity"), [(20000, "warning"), (8000, "leak")])
def test_copies_cut_by_their_speakers_leak_only_where_they_share_sound(second, severity) -> None:
    found = audit(
        table(
            4,
            recordings=["r", "r", "copy", "copy"],
            pcm_hashes=["h"] * 4,
            starts=np.array([0, second, second, 0]),
            ends=np.array([16000, second + 16000, second + 16000, 16000]),
            keys={"speaker": ["Ann", "Bo", "Bo", "Ann"]},
            parts=["train", "test", "test", "train"],
        )
    )
    assert [f.severity for f in found if f.kind == "identical"] == [severity]


def test_overlapping_segments_of_different_parts_leak() -> None:
    found = audit(
        table(
            4,
            recordings=["r"] * 4,
            starts=np.array([0, 16000, 28000, 31000]),
            ends=np.array([16000, 32000, 44000, 47000]),
            parts=["train", "train", "test", "test"],
        )
    )
    [overlap] = [f for f in found if f.kind == "overlap"]
    assert (overlap.severity, overlap.a, overlap.b, overlap.score) == ("leak", "s1", "s2", 0.25)
    assert "2 segments share sound" in overlap.text
    assert "up to 25 %" in overlap.text


def test_a_sentence_spoken_in_two_parts_is_a_warning() -> None:
    texts = ["Kids are talking by the door.", "Yes!", "kids are talking, by the door", "yes"]
    found = audit(table(4, texts=texts))
    assert said(found) == [("text", "warning", "s0", "s2", "train", "test")]
    assert "Kids are talking by the door." in found[0].text


def test_what_a_part_lacks_is_named() -> None:
    found = audit(table(4, classes=["angry", "sad", "angry", None], part_names=["train", "dev", "test"]))
    assert said(found) == [
        ("missing_class", "warning", None, None, "test", None),
        ("empty_part", "warning", None, None, "dev", None),
    ]
    assert 'No segment of "test" is "sad"' in found[0].text
    assert 'All are in "train"' in found[0].text


def test_segments_without_a_value_are_counted_with_an_example() -> None:
    found = audit(table(4, keys={"speaker": ["SM1", None, "SM2", ""]}))
    assert said(found) == [("missing_group", "warning", "s1", None, "train", None)]
    assert "2 of 4 segments have no speaker" in found[0].text


def test_segments_outside_the_split_do_not_count() -> None:
    same = {"keys": {"speaker": ["SM1"] * 3}, "pcm_hashes": ["h"] * 3, "texts": ["the same words again"] * 3}
    assert audit(table(3, **same, parts=["train", None, None], part_names=["train"])) == []


def test_leaks_come_first_and_findings_are_plain_json() -> None:
    found = audit(
        table(
            4,
            keys={"show": ["A"] * 4, "speaker": ["SM1", "SM2", "SM1", None]},
            pcm_hashes=["h", "x", "h", "y"],
        )
    )
    assert [f.severity for f in found] == ["leak", "leak", "warning", "warning"]
    fields = {"kind", "severity", "a", "b", "part_a", "part_b", "score", "text"}
    assert all(set(json.loads(json.dumps(f.to_dict()))) == fields for f in found)


def test_a_corpus_without_a_split_is_searched_for_copies_and_missing_keys() -> None:
    corpus = {"parts": None, "part_names": (), "group_keys": ()}
    found = audit(
        table(4, **corpus, pcm_hashes=["h", "h", "x", "x"], keys={"song": ["170", "176", "54", "54"]})
    )
    assert said(found) == [("identical", "warning", "s0", "s1", None, None)]
    assert "They differ in song" in found[0].text
    found = audit(table(4, **corpus, pcm_hashes=["h", "h", "x", "y"], keys={}))
    assert said(found) == [("identical", "warning", "s0", "s1", None, None)]
    found = audit(table(2, **corpus, keys={"song": ["a", None]}))
    assert said(found) == [("missing_group", "warning", "s1", None, None, None)]


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="4 entries"):
        table(4, texts=["", ""])
    with pytest.raises(ValueError, match="song"):
        table(4, group_keys=["song"])
    with pytest.raises(ValueError, match="dev"):
        audit(table(4, parts=["train", "test", "dev", "dev"]))


def test_an_empty_split_is_not_a_crash() -> None:
    found = audit(table(0, classes=[]))
    assert said(found) == [
        ("empty_part", "warning", None, None, "test", None),
        ("empty_part", "warning", None, None, "train", None),
    ]
    assert audit(table(0, parts=None, part_names=(), group_keys=())) == []


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_splits_made_here_never_leak_what_they_kept_together(seed) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    recording = rng.integers(30, size=n)
    recordings = [f"r{i}" for i in recording]
    speakers = [f"SM{i % 10}" if rng.random() < 0.9 else None for i in recording]
    songs = [f"song {i // 2}" for i in recording]  # sung by SM0 and SM1, or SM2 and SM3, ...
    keys = {"speaker": speakers, "song": songs, "recording": recordings}
    groups = connect(keys, fallback=recordings)
    assert len(groups.names) >= 5
    split = assign(groups, shares={"train": 0.6, "test": 0.4}, classes=None, seed=seed)
    starts = rng.integers(100, size=n)
    found = audit(
        table(
            n,
            recordings=recordings,
            starts=starts,
            ends=starts + 50,
            pcm_hashes=recordings,
            keys=keys,
            group_keys=list(keys),
            parts=[("train", "test")[part] for part in split.parts],
        )
    )
    assert [f for f in found if f.severity == "leak"] == []


codes = st.integers(-1, 4)
rows = st.lists(
    st.tuples(codes, st.integers(0, 2), st.integers(-1, 2), st.integers(0, 20), st.integers(1, 9))
)


def columns(drawn):
    code, recording, part, start, length = np.array(drawn, dtype=np.int64).reshape(-1, 5).T
    return code, recording, part, start, start + length


@given(rows)
def test_crossings_are_the_values_in_several_parts(drawn) -> None:
    code, _, part, _, _ = columns(drawn)
    expected = {}
    for c in sorted({*code.tolist()} - {-1}):
        counts = {p: int(((code == c) & (part == p)).sum()) for p in range(3)}
        held = {p: count for p, count in counts.items() if count}
        if len(held) > 1:
            expected[c] = held
    found = list(crossings(code, part))
    assert {f.code: dict(zip(f.parts, f.counts, strict=True)) for f in found} == expected
    for f in found:
        assert [(code[row], part[row]) for row in f.rows] == [(f.code, p) for p in f.parts]


@given(rows)
def test_copies_give_a_pair_whenever_there_is_one(drawn) -> None:
    code, recording, part, _, _ = columns(drawn)
    n = len(code)
    expected = {
        int(code[a])
        for a in range(n)
        for b in range(n)
        if code[a] == code[b] >= 0 and recording[a] != recording[b] and part[a] != part[b]
        if part[a] >= 0 and part[b] >= 0
    }
    pairs = {found.code: found.pair(part) for found in copies(code, recording, part)}
    assert {c for c, pair in pairs.items() if pair} == expected
    for c in expected:
        a, b = pairs[c]
        assert code[a] == code[b] == c
        assert recording[a] != recording[b]
        assert part[a] != part[b]


@given(rows)
def test_overlaps_are_found_like_comparing_all_pairs(drawn) -> None:
    place, _, part, start, end = columns(drawn)
    n = len(place)

    def share(a, b):
        return place[a] == place[b] >= 0 and start[a] < end[b] and start[b] < end[a]

    expected = {
        (int(place[a]), frozenset((int(part[a]), int(part[b]))))
        for a in range(n)
        for b in range(n)
        if share(a, b) and part[a] >= 0 and part[b] >= 0 and part[a] != part[b]
    }
    earlier, later = overlaps(place, start, end, part)
    assert {
        (int(place[a]), frozenset((int(part[a]), int(part[b])))) for a, b in zip(earlier, later, strict=True)
    } == expected
    assert all(share(a, b) and start[a] <= start[b] for a, b in zip(earlier, later, strict=True))
