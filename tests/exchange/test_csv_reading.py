"""Ratings and segments from CSV tables of every make."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.exchange.bundle import Imported
from annotator.exchange.csv_reader import read_csv


def read(tmp_path: Path, text: str | bytes) -> Imported:
    path = tmp_path / "ratings.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_csv(path)


def answers(imported: Imported) -> list[tuple[str, str, dict[str, object]]]:
    return [(rating.target, rating.rater, dict(rating.values)) for rating in imported.ratings]


EXPECTED = [
    ("a.wav", "R1", {"valence": "3", "arousal": "4"}),
    ("a.wav", "R2", {"valence": "2"}),
    ("b.wav", "R1", {"valence": "5"}),
]


def test_three_shapes_hold_the_same_ratings(tmp_path: Path) -> None:
    long = "file,rater,item,value\na.wav,R1,valence,3\na.wav,R1,arousal,4\na.wav,R2,valence,2\nb.wav,R1,valence,5\n"
    by_rater = "file,item,R1,R2\na.wav,valence,3,2\na.wav,arousal,4,\nb.wav,valence,5,\n"
    by_item = "file,rater,valence,arousal\na.wav,R1,3,4\na.wav,R2,2,\nb.wav,R1,5,\n"
    for table in (long, by_rater, by_item):
        assert sorted(answers(read(tmp_path, table)), key=str) == sorted(EXPECTED, key=str)


@pytest.mark.parametrize(("delimiter", "newline"), [(",", "\n"), (";", "\r\n"), ("\t", "\n"), ("|", "\r")])
def test_delimiter_and_line_ends_are_found_out(tmp_path: Path, delimiter: str, newline: str) -> None:
    rows = [
        ["file", "rater", "item", "value"],
        ["a.wav", "R1", "mood", "sad"],
        ["b.wav", "R1", "mood", "glad"],
    ]
    imported = read(tmp_path, newline.join(delimiter.join(row) for row in rows))
    assert answers(imported) == [("a.wav", "R1", {"mood": "sad"}), ("b.wav", "R1", {"mood": "glad"})]
    assert imported.warnings == imported.dropped == ()


def test_header_names_are_trimmed_and_their_case_does_not_matter(tmp_path: Path) -> None:
    imported = read(tmp_path, "\ufeffFile, Rater, amazement, joyful_activation\n1.mp3, R1, 0, 1\n")
    assert answers(imported) == [("1.mp3", "R1", {"amazement": "0", "joyful_activation": "1"})]


def test_old_encodings_are_read_and_reported(tmp_path: Path) -> None:
    text = "file,rater,item,value\nGrün.wav,Jürgen,mood,müde\n"
    for data in (text.encode("cp1252"), text.encode("utf-16")):
        assert answers(read(tmp_path, data)) == [("Grün.wav", "Jürgen", {"mood": "müde"})]
    assert "Windows-1252" in read(tmp_path, text.encode("cp1252")).warnings[0]


def test_times_are_seconds_or_clock(tmp_path: Path) -> None:
    imported = read(tmp_path, "file,start,end,rater,item,value\na.wav,1.5,00:01:02.250,R1,mood,sad\n")
    assert (imported.ratings[0].start_seconds, imported.ratings[0].end_seconds) == (1.5, 62.25)


def test_every_bad_row_is_reported_with_its_line_and_the_others_are_kept(tmp_path: Path) -> None:
    table = (
        "file,start,end,rater,item,value\n"
        'a.wav,0,1,R1,mood,"two\nlines"\n'  # lines 2 and 3
        "a.wav,2,1,R1,mood,sad\n"
        "a.wav,x,1,R1,mood,sad\n"
        ",0,1,R1,mood,sad\n"
        "\n"
        "a.wav,0,1,,mood,sad\n"
        "a.wav,0,1,R1,,sad\n"
        "a.wav,0,,R1,mood,sad\n"
        "a.wav,0,nan,R1,mood,sad\n"
        "a.wav,0,1,R1,mood,sad,extra\n"
        "a.wav,0,1,R1,mood,glad\n"
        "b.wav,0,1,R1,mood\n"
    )
    imported = read(tmp_path, table)
    assert answers(imported) == [("a.wav", "R1", {"mood": "two\nlines"}), ("b.wav", "R1", {"mood": ""})]
    lines = [int(text.removeprefix("Line ").split(":")[0]) for text in imported.dropped]
    assert sorted(lines) == [4, 5, 6, 8, 9, 10, 11, 12, 13]
    assert "line 2 already" in next(text for text in imported.dropped if text.startswith("Line 13"))


def test_gaps_of_statistics_programs_and_decimal_commas_are_repaired_and_reported(tmp_path: Path) -> None:
    imported = read(tmp_path, "file;rater;valence;arousal\na.wav;R1;-0,5;NA\nb.wav;R1;1;0,25\n")
    assert answers(imported) == [
        ("a.wav", "R1", {"valence": "-0.5"}),
        ("b.wav", "R1", {"valence": "1", "arousal": "0.25"}),
    ]
    assert len(imported.warnings) == 2


def test_an_empty_answer_in_a_long_table_is_an_answer(tmp_path: Path) -> None:
    assert answers(read(tmp_path, "segment,rater,item,value\ns1,R1,mood,\n")) == [("s1", "R1", {"mood": ""})]


def test_repeats_and_schemes_are_ratings_of_their_own(tmp_path: Path) -> None:
    imported = read(
        tmp_path,
        "segment,rater,scheme,item,value,repeat\ns,R1,va,v,1,0\ns,R1,va,v,2,1\ns,R1,sam,v,3,0\ns,R1,va,v,4,x\n",
    )
    assert [(r.scheme, r.repeat, r.values["v"]) for r in imported.ratings] == [
        ("va", 0, "1"), ("va", 1, "2"), ("sam", 0, "3"),
    ]  # fmt: skip
    assert len(imported.dropped) == 1


def test_a_table_of_segments_is_known_by_its_columns(tmp_path: Path) -> None:
    imported = read(tmp_path, "file,start,end,text,speaker,artist\na.wav,0,1.5,Hi,Bo,X\na.wav,3,2,,,\n")
    assert [(s.recording, s.start_seconds, s.end_seconds, s.text, s.speaker) for s in imported.segments] == [
        ("a.wav", 0.0, 1.5, "Hi", "Bo")
    ]
    assert "artist" in imported.warnings[0]
    assert imported.dropped[0].startswith("Line 3")


@pytest.mark.parametrize(
    ("table", "needle"),
    [
        ("track id, genre, amazement\n1,rock,0\n", "track id, genre, amazement"),
        ("file,rater,value\na.wav,R1,3\n", "which item"),
        ("file,rater\na.wav,R1\n", "no column holds answers"),
        ("file,start,rater,mood\na.wav,0,R1,sad\n", "start and end"),
        ("file,file,rater,mood\na,b,R1,sad\n", 'two columns named "file"'),
        ("file,rater,item,value\n", "no rows"),
        ("file,rater,item,value\n,R1,mood,sad\n", "Line 2"),
        ("", "empty"),
        ("a\0b", "not a text file"),
        ('file,rater,mood\n"a.wav,R1,sad\n', "No row"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path: Path, table: str, needle: str) -> None:
    with pytest.raises(AnnotatorError) as caught:
        read(tmp_path, table)
    assert needle in str(caught.value)


def test_a_missing_file_and_a_folder_are_explained(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(AnnotatorError, match=str(path)):
            read_csv(path)


@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_give_ratings_or_an_explanation(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"file,rater,item,value\n" + data)
    with suppress(AnnotatorError):
        assert read_csv(path).ratings


@pytest.mark.real_data
def test_emotify_has_no_column_that_names_a_file(real_data: Path) -> None:
    with pytest.raises(AnnotatorError, match="joyful_activation, tension"):
        read_csv(real_data / "emotify" / "data.csv")


def test_a_cell_may_be_as_long_as_a_trace_of_an_hour(tmp_path: Path) -> None:
    trace = json.dumps([0.12] * 36_000)
    (tmp_path / "long.csv").write_text(f'file,rater,item,value\na.wav,R1,valence,"{trace}"\n')
    (rating,) = read_csv(tmp_path / "long.csv").ratings
    assert rating.values == {"valence": trace}


def test_tiers_and_status_of_segments_and_what_ratings_say_besides(tmp_path: Path) -> None:
    segments = "file,start,end,tier,text,status\na.wav,0,1,words,Hi,unsure\na.wav,0,2,turns,,\n"
    assert [(s.tier, s.status) for s in read(tmp_path, segments).segments] == [
        ("words", "unsure"),
        ("turns", ""),
    ]
    ratings = (
        "file,rater,item,value,confidence,comment\na.wav,R1,valence,1,0.5,loud\n"
        "a.wav,R1,arousal,1,,\nb.wav,R1,valence,1,7,\n"
    )
    found = read(tmp_path, ratings).ratings
    assert [(r.target, r.confidence, r.comment) for r in found] == [
        ("a.wav", 0.5, "loud"),
        ("b.wav", None, ""),
    ]


def test_a_table_of_parts(tmp_path: Path) -> None:
    table = "segment,file,start,end,split,part,group\ns1,a.wav,0,1.5,cv,train,g\n,b.wav,,,cv,test,g\n,c.wav,,,cv,,g\n"
    found = read(tmp_path, table)
    assert [(p.split, p.part, p.segment, p.file, p.start_seconds, p.end_seconds) for p in found.parts] == [
        ("cv", "train", "s1", "a.wav", 0.0, 1.5),
        ("cv", "test", "", "b.wav", None, None),
    ]
    assert found.dropped == ("Line 4: no part is named.",)
    assert read(tmp_path, "file,part\na.wav,dev\n").parts[0].split == "ratings"
