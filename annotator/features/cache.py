"""Feature values kept on disk, so that a clip is described once. The folder is always safe to delete.

One file per recording and feature set: a checksum (CRC-32, little-endian), then one record per clip of little-endian
numbers: start, end (64 bits each), values (in the precision of the set). The checksum also covers the set's
name, version and columns, so a file of another definition counts as damaged. Whatever is damaged is computed again.
"""

import os
import re
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.features.sets import FeatureSet

Span: TypeAlias = tuple[int, int]
"""Samples [start, end) of the recording."""

_CHECKSUM_BYTES = 4


class FeatureCache:
    """Values of one feature set below a corpus's `cache/` folder.

    Examples
    --------
    >>> from annotator.features.sets import FEATURE_SETS
    >>> import tempfile
    >>> lowlevel = FEATURE_SETS["lowlevel"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = FeatureCache(Path(folder), lowlevel)
    ...     store.add("0" * 64, {(0, 22050): np.zeros(len(lowlevel.columns))})
    ...     list(store.load("0" * 64)), store.load("f" * 64)
    ([(0, 22050)], {})
    """

    def __init__(self, cache: Path, feature_set: FeatureSet) -> None:
        # Names of sets may hold characters that file systems refuse ("embedding:..."), and be longer than they take.
        name = re.sub(r"[^\w.-]", "_", feature_set.name)[-120:]
        self._folder = cache / "features" / f"{name}-{feature_set.version}"
        values = np.dtype(feature_set.dtype).newbyteorder("<")
        self._record = np.dtype([("span", "<f8", 2), ("values", values, len(feature_set.columns))])
        definition = "\n".join([feature_set.name, str(feature_set.version), *feature_set.columns])
        self._definition = zlib.crc32(definition.encode())

    def load(self, audio_key: str) -> dict[Span, NDArray[np.float64]]:
        """Values by span of one recording; empty where there are none, or none that can be trusted."""
        try:
            content = self._path(audio_key).read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._fault(audio_key, error) from None
        body = memoryview(content)[_CHECKSUM_BYTES:]
        if len(body) % self._record.itemsize or content[:_CHECKSUM_BYTES] != self._checksum(body):
            return {}
        records = np.frombuffer(body, dtype=self._record)
        spans = records["span"].astype(np.int64).tolist()
        return {(start, end): values for (start, end), values in zip(spans, records["values"], strict=True)}

    def add(self, audio_key: str, values: Mapping[Span, NDArray[np.float64]]) -> None:
        """Adds values to those kept of one recording; a reader sees the old file or the new one, never a part."""
        path = self._path(audio_key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            body = self._records(self.load(audio_key) | dict(values))
            handle, aside = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(self._checksum(body))
                    file.write(body)
                os.replace(aside, path)
            except BaseException:
                os.unlink(aside)
                raise
        except OSError as error:
            raise self._fault(audio_key, error) from None

    def _records(self, values: Mapping[Span, NDArray[np.float64]]) -> memoryview:
        """Values as they are stored; the only copy of them, as a recording of hours may be most of a corpus."""
        records = np.empty(len(values), dtype=self._record)
        records["span"] = list(values)
        for kept, row in zip(records["values"], values.values(), strict=True):
            kept[:] = row
        return records.view(np.uint8).data

    def _path(self, audio_key: str) -> Path:
        return self._folder / audio_key[:2] / f"{audio_key}.features"

    def _checksum(self, body: memoryview) -> bytes:
        return zlib.crc32(body, self._definition).to_bytes(_CHECKSUM_BYTES, "little")

    def _fault(self, audio_key: str, error: OSError) -> AnnotatorError:
        return AnnotatorError(
            tr(
                "The feature cache {path} cannot be used: {error}.",
                path=self._path(audio_key),
                error=error.strerror,
            ),
            tr("Free some space or correct the folder's permissions; the cache may also be deleted."),
        )
