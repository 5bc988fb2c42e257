"""A text without times is found in speech that is made here, by other voices than the one it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from annotator.audio.source import open_source
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.segmentation import alignment, vad, voice
from annotator.segmentation.alignment import Spoken, align
from annotator.segmentation.plain import Located, locate, sentences_of

RATE = 22050
ENGLISH = (
    "The weather was cold this morning and we stayed at home.",
    "Nobody knew where the old man had gone after the war.",
    "I think that this is the best answer we have found so far.",
    "We should have asked them before they left.",
    "He was angry because the train was late again.",
    "Music makes me happy when I walk along the river.",
    "What do you want to say to the government today?",
    "The children laughed and ran down the hill.",
)
OTHER_ENGLISH = (
    "There are many people in this town who remember that day.",
    "Please tell our listeners what happened next.",
    "My brother called me last night from London.",
    "They built the bridge again after the flood.",
)
TEXTS = {
    "en": ENGLISH,
    "it": (
        "Il tempo era freddo stamattina e siamo rimasti a casa.",
        "Nessuno sapeva dove fosse andato il vecchio dopo la guerra.",
        "Molte persone in questa città ricordano quel giorno.",
        "Era arrabbiato perché il treno era in ritardo.",
    ),
    "id": (
        "Cuaca pagi ini dingin dan kami tinggal di rumah.",
        "Tidak ada yang tahu ke mana orang tua itu pergi.",
        "Banyak orang di kota ini mengingat hari itu.",
        "Dia marah karena kereta terlambat lagi.",
    ),
    "ko": (
        "오늘 아침은 날씨가 추워서 집에 있었습니다.",
        "아무도 그 노인이 어디로 갔는지 몰랐습니다.",
        "저는 이것이 가장 좋은 답이라고 생각합니다.",
        "이 도시에는 그날을 기억하는 사람이 많습니다.",
    ),
}


@dataclass(frozen=True)
class Talk:
    path: Path
    spans: list[tuple[float, float]]


@pytest.fixture
def engine() -> voice.Engine:
    try:
        return voice.engine()
    except AnnotatorError as error:
        pytest.skip(str(error))


@pytest.fixture
def say(engine: voice.Engine, tmp_path: Path) -> Callable[..., Talk]:
    """Has sentences spoken by two other voices, with pauses as people make them, in a little noise."""

    def speak(texts: tuple[str, ...], language: str, seed: int = 0) -> Talk:
        rng = np.random.default_rng(seed)
        parts: list[NDArray[np.float32]] = [np.zeros(RATE // 2, np.float32)]
        spans, at = [], RATE // 2
        for number, text in enumerate(texts):
            sound = engine.speak(text, f"{language}{('+f2', '+m3')[number % 2]}")
            loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
            sound = sound[loud[0] : loud[-1] + 1] * 0.3
            pause = np.zeros(round(max(0.15, 0.35 * rng.lognormal(0, 0.5)) * RATE), np.float32)
            spans.append((at / RATE, (at + len(sound)) / RATE))
            parts += [sound, pause]
            at += len(sound) + len(pause)
        sound = np.concatenate(parts)
        path = tmp_path / "talk.wav"
        soundfile.write(path, sound + rng.normal(0, 0.0005, len(sound)), RATE)
        return Talk(path, spans)

    return speak


def found(talk: Talk, text: str, language: str) -> Located:
    with open_source(talk.path) as source:
        activity = finish(vad.analyse(source))
        return finish(locate(source, activity, sentences_of(text, talk.path.name), language))


@pytest.mark.parametrize("language", TEXTS)
def test_sentences_are_found(say: Callable[..., Talk], language: str) -> None:
    talk = say(TEXTS[language], language)
    result = found(talk, " ".join(TEXTS[language]), language)
    assert [one.text for one in result.spans] == list(TEXTS[language])
    errors = np.abs(
        [(one.start - a, one.end - b) for one, (a, b) in zip(result.spans, talk.spans, strict=True)]
    )
    assert np.median(errors) < 0.06
    assert np.percentile(errors, 95) < 0.3


def test_what_is_in_only_one_of_the_two_is_marked(say: Callable[..., Talk]) -> None:
    talk = say(ENGLISH, "en")
    strange = "Seventeen elephants paraded through Copenhagen with enormous golden umbrellas yesterday."
    text = " ".join((*ENGLISH[:2], strange, *ENGLISH[2:4], *ENGLISH[6:]))
    result = found(talk, text, "en")
    assert result.missing == (strange,)
    silent = [one for one in result.spans if one.status == "untranscribed"]
    assert sum(one.end - one.start for one in silent) > 3
    assert all(talk.spans[4][0] - 0.2 < one.start < one.end < talk.spans[5][1] + 0.2 for one in silent)
    assert [one.text for one in result.spans if one.text] == [*ENGLISH[:4], *ENGLISH[6:]]


def test_another_text_and_a_text_too_long_are_refused(say: Callable[..., Talk]) -> None:
    talk = say(ENGLISH, "en")
    for text, language in (
        (" ".join(TEXTS["ko"] * 2), "ko"),
        (" ".join(TEXTS["it"]), "it"),
        (" ".join(TEXTS["id"]), "id"),
        (" ".join(OTHER_ENGLISH), "en"),
    ):
        with pytest.raises(AnnotatorError, match=r"does not fit talk\.wav"):
            found(talk, text, language)
    with pytest.raises(AnnotatorError, match="too long"):
        found(talk, " ".join(ENGLISH * 10), "en")
    with pytest.raises(AnnotatorError, match="xx"):
        found(talk, "One sentence.", "xx")


def test_without_an_engine_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "espeakng_loader", None)
    monkeypatch.setattr(voice.ctypes.util, "find_library", lambda _: None)
    with pytest.raises(AnnotatorError, match=r"affect-annotator\[alignment\]"):
        voice.engine.__wrapped__()


def test_the_search_settles_what_lies_back_and_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With little memory and a small window the way through is the same."""
    rng = np.random.default_rng(0)
    edges = np.arange(0, 1001, 50)
    spoken = Spoken(rng.normal(0, 1, (1000, 18)).astype(np.float32), edges)
    pause = rng.normal(0, 1, (20, 18)).astype(np.float32)
    heard = np.concatenate([np.concatenate((pause, spoken.frames[a:b])) for a, b in pairwise(edges)])
    heard += rng.normal(0, 0.3, heard.shape).astype(np.float32)
    speech = np.tile(np.repeat([False, True], [20, 50]), 20)
    whole = finish(align(heard, speech, spoken, "x"))
    for name, value in (("_WINDOW", 400), ("_BEHIND", 100), ("_SETTLED", 300), ("_BLOCK", 50)):
        monkeypatch.setattr(alignment, name, value)
    assert finish(align(heard, speech, spoken, "x")) == whole
    assert [place.start for place in whole] == pytest.approx(
        [(70 * n + 20) * 0.02 for n in range(20)], abs=0.05
    )
