"""Groups: what must stay together does, whatever the order of the segments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.splits.groups import connect, natural, overlap_links

values = st.sampled_from(["Ann", "Bo", "Cy", "Di", "7", "12", "Ann + Bo", None, ""])


@st.composite
def corpora(draw: st.DrawFn) -> tuple[dict[str, list[str | None]], list[tuple[int, int]], list[str]]:
    n = draw(st.integers(1, 12))
    row = st.integers(0, n - 1)
    names = draw(st.sampled_from([("speaker",), ("speaker", "song"), ("show", "speaker", "song")]))
    keys = {key: draw(st.lists(values, min_size=n, max_size=n)) for key in names}
    links = draw(st.lists(st.tuples(row, row), max_size=4))
    recordings = draw(st.lists(st.sampled_from(["r1", "r2", "r3"]), min_size=n, max_size=n))
    return keys, links, recordings


def tied(keys, links, recordings, a, b):
    """The definition: a shared value, a link, or a shared recording where neither has any value."""
    lack_a, lack_b = (all(not column[row] for column in keys.values()) for row in (a, b))
    return (
        any(column[a] and column[a] == column[b] for column in keys.values())
        or (a, b) in links
        or (b, a) in links
        or (lack_a and lack_b and recordings[a] == recordings[b])
    )


@given(corpora())
def test_groups_are_the_connected_components(corpus) -> None:
    keys, links, recordings = corpus
    n = len(recordings)
    groups = connect(keys, links, recordings)
    reach = list(range(n))
    for _ in range(n):
        for a in range(n):
            for b in range(n):
                if tied(keys, links, recordings, a, b):
                    reach[a] = reach[b] = min(reach[a], reach[b])
    for a in range(n):
        for b in range(n):
            assert (groups.index[a] == groups.index[b]) == (reach[a] == reach[b])
    assert len(set(groups.names)) == len(groups.names) == groups.index.max() + 1


@given(corpora(), st.randoms())
def test_groups_and_names_do_not_depend_on_the_order_of_segments(corpus, random) -> None:
    keys, links, recordings = corpus
    n = len(recordings)
    order = list(range(n))
    random.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    groups = connect(keys, links, recordings)
    shuffled = connect(
        {key: [column[old] for old in order] for key, column in keys.items()},
        [(place[b], place[a]) for a, b in reversed(links)],
        [recordings[old] for old in order],
    )
    assert [groups.names[g] for g in groups.index[order]] == [shuffled.names[g] for g in shuffled.index]
    assert groups.missing == shuffled.missing


def test_segments_without_a_value_are_counted_and_tie_nothing() -> None:
    groups = connect({"speaker": ["SM1", None, None, "", "SM1"]})
    assert groups.index.tolist() == [0, 1, 2, 3, 0]
    assert groups.missing == {"speaker": 3}
    assert connect({"speaker": ["SM1", "SM2"]}).missing == {}


def test_pieces_of_a_recording_without_a_value_stay_together() -> None:
    groups = connect({"speaker": ["SM1", None, None, None]}, fallback=["a", "a", "a", "b"])
    assert groups.index.tolist() == [0, 1, 1, 2]
    assert groups.names == ("speaker SM1", "ungrouped a", "ungrouped b")


def test_names_are_in_natural_order_and_short() -> None:
    assert connect({"speaker": ["SM10", "SM2", "SM1"]}).names == (
        "speaker SM1",
        "speaker SM2",
        "speaker SM10",
    )
    songs = [f"song {n}" for n in range(20)]
    assert connect({"song": songs, "artist": ["X"] * 20}).names == ("song song 0 + song 1 + song 2 …",)


def test_values_of_different_keys_are_different_things() -> None:
    assert len(connect({"artist": ["Anna", None], "song": [None, "Anna"]}).names) == 2


def test_a_link_given_often_ties_once_and_for_all() -> None:
    assert connect({"song": ["a", "b"]}, [(0, 1)] * 256).index.tolist() == [0, 0]


def test_numbers_in_names_sort_by_value() -> None:
    assert sorted(["a10", "a9", "b1", "a09", ""], key=natural) == ["", "a09", "a9", "a10", "b1"]


def test_without_any_key_the_user_is_told_what_to_choose() -> None:
    with pytest.raises(AnnotatorError, match="No group key") as caught:
        connect({})
    assert "speaker" in caught.value.hint
    assert connect({}, fallback=["a", "a", "b"]).index.tolist() == [0, 0, 1]


def test_an_empty_corpus_has_no_groups() -> None:
    groups = connect({"speaker": []})
    assert len(groups.index) == 0
    assert groups.names == ()


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=12)
)
def test_overlap_links_tie_what_shares_sound_and_nothing_else(drawn) -> None:
    recordings, starts, lengths = zip(*drawn, strict=True)
    start, end = np.array(starts), np.array(starts) + np.array(lengths)
    own = [str(n) for n in range(len(drawn))]
    every_pair = [
        (a, b)
        for a in range(len(drawn))
        for b in range(a)
        if recordings[a] == recordings[b] and start[a] < end[b] and start[b] < end[a]
    ]
    links = overlap_links(recordings, start, end)
    assert connect({"self": own}, links).index.tolist() == connect({"self": own}, every_pair).index.tolist()
    assert {tuple(sorted(link)) for link in links} <= {tuple(sorted(pair)) for pair in every_pair}


def test_a_segment_with_one_of_its_keys_is_not_tied_by_its_recording() -> None:
    keys = {"speaker": ["Ann", "Bo", None, None], "artist": [None, None, "The Bells", None]}
    groups = connect(keys, fallback=["show", "show", "song", "show"])
    assert len(set(groups.index.tolist())) == 4
    assert groups.missing == {"speaker": 2, "artist": 3}
