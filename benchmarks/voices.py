"""The speaker encoder of Resemblyzer by the interface of HEAR: the feature set `embedding:voices` of the benchmarks."""

from typing import Any

import numpy as np
from resemblyzer import VoiceEncoder


class Model:
    """An encoder of 1.6 s windows, averaged over the clip."""

    sample_rate, scene_embedding_size, timestamp_embedding_size = 16000, 256, 256

    def __init__(self) -> None:
        self.encoder = VoiceEncoder("cpu")


def load_model(model_file_path: str = "") -> Model:  # noqa: ARG001
    return Model()


def get_scene_embeddings(audio: Any, model: Model) -> Any:
    return np.stack([model.encoder.embed_utterance(np.asarray(clip)) for clip in audio])
