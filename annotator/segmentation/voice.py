"""The voice engine eSpeak NG, which reads a transcript aloud so that it can be compared with a recording.

The engine is free software under the GPL and therefore no part of the default installation: it comes with the extra
`alignment` (package espeakng-loader), or with the system (library espeak-ng). It runs in this process; one thread at a
time speaks.
"""

import ctypes
import ctypes.util
import threading
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr

# Constants of speak_lib.h.
_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_POSITION_CHARACTER = 1

_lock = threading.Lock()
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _VoiceDescription(ctypes.Structure):
    """`espeak_VOICE` of speak_lib.h, as far as it is read here."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),  # a priority byte and a name, repeated
        ("identifier", ctypes.c_char_p),
    )


class Engine:
    """A voice engine that has been started."""

    def __init__(self, library: Any, rate: int) -> None:
        self._library = library
        self._parts: list[NDArray[np.int16]] = []
        self._callback = _Callback(self._collect)  # kept: the library calls it as long as it lives
        library.espeak_SetSynthCallback(self._callback)
        self.rate = rate
        """Samples a second of what it speaks."""

    def languages(self) -> list[str]:
        """Names of the languages it speaks, such as `en` or `it`."""
        with _lock:
            self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceDescription))
            voices = self._library.espeak_ListVoices(None)
            names = set()
            for number in range(100_000):
                if not voices[number]:
                    break
                names.add(voices[number].contents.languages[1:].decode())
        return sorted(names)

    def speak(self, text: str, language: str) -> NDArray[np.float32]:
        """The sound of a text (n,) at `rate`, full scale 1.

        Raises `AnnotatorError` where the engine does not speak the language.
        """
        data = text.encode()
        with _lock:
            if self._library.espeak_SetVoiceByName(language.encode()) == 0:
                self._parts = []
                self._library.espeak_Synth(data, len(data) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
                sound = np.concatenate([np.zeros(0, np.int16), *self._parts])
                return sound.astype(np.float32) / np.float32(32768)
        raise AnnotatorError(
            tr('The voice engine does not speak "{language}".', language=language),
            closest(language, self.languages()),
        )

    def _collect(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0


@cache
def engine() -> Engine:
    """The engine, started on first use.

    Raises `AnnotatorError`, with how to get it, where it is not installed.
    """
    path, data = _find()
    try:
        library = ctypes.CDLL(path)
        rate = library.espeak_Initialize(
            _SYNCHRONOUS, 0, None if data is None else str(data).encode(), _DO_NOT_EXIT
        )
    except (OSError, AttributeError) as error:
        raise AnnotatorError(
            tr("The voice engine {path} cannot be loaded: {error}.", path=path, error=error)
        ) from None
    if rate <= 0:
        raise AnnotatorError(tr("The voice engine {path} does not find its voices.", path=path))
    return Engine(library, int(rate))


def _find() -> tuple[str, Path | None]:
    """Library of the engine, and the folder that holds its data where it is not the system's."""
    try:
        import espeakng_loader
    except ImportError:
        system = ctypes.util.find_library("espeak-ng")
        if system is not None:
            return system, None
        raise AnnotatorError(
            tr("A transcript without times needs a voice engine, which is not installed."),
            tr(
                'Install it with: pip install "affect-annotator[alignment]". Or give a transcript with times.'
            ),
        ) from None
    return espeakng_loader.get_library_path(), Path(espeakng_loader.get_data_path()).parent
