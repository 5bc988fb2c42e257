"""Speech models of the package `transformers` (wav2vec 2.0, HuBERT, WavLM and their like) by the interface of HEAR.

A clip is the mean over time of the last hidden layer, as in J. Wagner et al., "Dawn of the Transformer Era in Speech
Emotion Recognition: Closing the Valence Gap", IEEE TPAMI 45(9), 2023. The model is read from a folder with
`config.json`, `preprocessor_config.json` and weights, or from where `hf download` has put it; never from a network,
and never with code that comes along with the weights.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

#: Raised whenever a value changes.
VERSION = 1

#: The first layers take in 25 ms; what is shorter than this is filled up with silence.
_SHORTEST_SECONDS = 0.05

#: Parts that only training uses; some files of weights leave them out.
_DISPENSABLE = {"masked_spec_embed"}


@dataclass
class Model:
    """A network with what prepares its input."""

    network: Any
    extractor: Any
    sample_rate: int
    scene_embedding_size: int = 0


def load_model(model_file_path: str) -> Model:
    """The model in a folder.

    Raises
    ------
    AnnotatorError
        Where the weights are not those of the model, or the model does not take waveforms.
    """
    from transformers import AutoConfig, AutoFeatureExtractor, AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    here: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(model_file_path, **here)
    extractor = AutoFeatureExtractor.from_pretrained(model_file_path, **here)
    if config.is_encoder_decoder or extractor.model_input_names[0] != "input_values":
        raise AnnotatorError(
            tr("The model {name} ({kind}) does not take waveforms.", name=model_file_path, kind=config.model_type),
            tr("Choose one of the kinds wav2vec2, hubert, wavlm, unispeech-sat or data2vec-audio."),
        )  # fmt: skip
    network, found = AutoModel.from_pretrained(model_file_path, output_loading_info=True, **here)
    missing = sorted(set(found["missing_keys"]) - _DISPENSABLE)
    if missing:
        raise AnnotatorError(
            tr("The weights in {name} lack {part}.", name=model_file_path, part=missing[0]),
            tr("They would be random numbers; get the model again."),
        )
    model = Model(network.float().eval(), extractor, int(extractor.sampling_rate))
    model.scene_embedding_size = int(get_scene_embeddings(np.zeros((1, 1)), model).shape[1])
    return model


def get_scene_embeddings(audio: Any, model: Model) -> Any:
    """Clips, (n_sounds, n_samples) -> (n_sounds, size)."""
    import torch

    clips = np.asarray(audio, dtype=np.float32)
    missing = round(_SHORTEST_SECONDS * model.sample_rate) - clips.shape[1]
    clips = np.pad(clips, ((0, 0), (0, max(missing, 0))))
    given = model.extractor(list(clips), sampling_rate=model.sample_rate, return_tensors="pt")
    with torch.no_grad():
        return model.network(given["input_values"]).last_hidden_state.mean(dim=1)


def model_folder(name: str) -> Path:
    """The folder of a model: that of this path, or the one that `hf download NAME` has filled.

    Raises
    ------
    AnnotatorError
        Where there is none, or it holds no model.
    """
    folder = Path(name).expanduser().absolute()
    if not folder.is_dir():
        folder = _fetched(name)
    if not (folder / "config.json").is_file():
        raise AnnotatorError(
            tr("The folder {folder} holds no model: it has no config.json.", folder=folder),
            tr("Give the folder that save_pretrained or hf download has written."),
        )
    return folder


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError):
        raise AnnotatorError(
            tr("There is no model {name} on this computer.", name=name),
            tr(
                "Give the folder of the model, or fetch it once, outside of this program: hf download {name}",
                name=name,
            ),
        ) from None
