"""Installed packages as feature sets: the interface of HEAR, nothing run too early, no network, clear refusals."""

import importlib
import socket
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.features import packages, processes
from annotator.features.extract import Clip, extract
from annotator.features.offline import offline
from annotator.features.package_files import Package
from annotator.features.sets import FEATURE_SETS, clip_features, clip_version, package_of

Install = Callable[..., str]
Record = Callable[..., Clip]

NOISE = np.random.default_rng(0).standard_normal(8000).astype(np.float32)

#: A package with the interface: mean, highest and lowest sample of a clip.
SOUND = """
    import numpy as np

    class Model:
        sample_rate, scene_embedding_size, timestamp_embedding_size = 8000, 3, 3

    def load_model(model_file_path=""):
        return Model()

    def get_scene_embeddings(audio, model):
        assert audio.dtype == np.float32
        return np.stack([audio.mean(axis=1), audio.max(axis=1), audio.min(axis=1)], axis=1)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Makes a module importable, and gives the name of its feature set."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)

    def write(source: str = SOUND, name: str = "hear_package") -> str:
        path = folder.joinpath(*name.split("."))
        path.parent.mkdir(parents=True, exist_ok=True)
        for parent in path.relative_to(folder).parents[:-1]:
            (folder / parent / "__init__.py").touch()
        path.with_suffix(".py").write_text(textwrap.dedent(source))
        importlib.invalidate_caches()
        packages.trust(Package(name))
        return f"embedding:{name}"

    yield write
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "hear_package":
            del sys.modules[name]
    packages._imported.clear()
    packages._trusted.clear()
    packages._load.cache_clear()


def trusted(name: str) -> str:
    """The name of a feature set whose package may run."""
    package = package_of(name)
    assert package is not None
    packages.trust(package)
    return name


def changed(source: str, old: str, new: str) -> str:
    assert old in source
    return source.replace(old, new)


@pytest.mark.parametrize("module", ["hear_package", "hear_package.inner.model"])
def test_values_are_those_that_the_package_gives(install: Install, module: str) -> None:
    entry = FEATURE_SETS[install(name=module)]
    assert (entry.name, entry.sample_rate, len(entry.columns)) == (f"embedding:{module}", 8000, 3)
    quiet = NOISE * np.float32(0.1)
    assert entry.compute(quiet) == pytest.approx([quiet.mean(), quiet.max(), quiet.min()])
    # The interface promises samples in [-1, 1].
    assert entry.compute(NOISE)[1:].tolist() == [1.0, -1.0]
    assert entry.name in FEATURE_SETS


def test_nothing_runs_that_nobody_has_asked_for(install: Install, tmp_path: Path) -> None:
    name = install()
    packages._trusted.clear()
    for asked in (name, f"{name}~pad=1", f"{name}@{tmp_path}"):
        with pytest.raises(AnnotatorError, match="has not been asked for here") as refused:
            FEATURE_SETS[asked]
        assert f'feature-sets "{asked.partition("~")[0]}"' in refused.value.hint
    assert "hear_package" not in sys.modules
    with pytest.raises(AnnotatorError, match="Unknown feature set"):
        FEATURE_SETS[f"lowlevel+{name}"]


def test_steps_come_before_the_package(install: Install) -> None:
    name = install() + "~gain=-20"
    half = FEATURE_SETS[name].compute(NOISE * np.float32(0.1))
    assert half[1] == pytest.approx(NOISE.max() * 0.01, rel=1e-4)
    assert clip_version(name) == clip_features(name).version


def test_weights_are_handed_over_and_make_another_version(install: Install, tmp_path: Path) -> None:
    source = changed(
        SOUND, "return Model()", "m = Model(); m.gain = float(np.loadtxt(model_file_path)); return m"
    )
    name, weights = (
        install(changed(source, "audio.mean(axis=1)", "model.gain + 0 * audio[:, 0]")),
        tmp_path / "w~1+2.txt",
    )
    versions = []
    for gain in ("2", "5"):
        weights.write_text(gain)
        entry = FEATURE_SETS[trusted(f"{name}@{weights}")]
        assert entry.compute(NOISE)[0] == float(gain)
        versions.append(entry.version)
    assert versions[0] != versions[1]
    with pytest.raises(AnnotatorError, match="no weights"):
        FEATURE_SETS[trusted(f"{name}@{tmp_path / 'gone.pt'}")]


def test_finding_a_package_and_its_version_runs_nothing_of_it(install: Install, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    name = install(
        changed(SOUND, "import numpy", f"open({str(trace)!r}, 'w')\n    import numpy"),
        name="hear_package.inner.model",
    )
    first = clip_version(name)
    assert name in FEATURE_SETS
    install(SOUND, name="hear_package.inner.model")
    assert clip_version(name) != first
    assert not trace.exists()
    assert not any(module.startswith("hear_package") for module in sys.modules)


def test_code_that_changes_under_way_is_not_taken_for_the_new_version(install: Install) -> None:
    FEATURE_SETS[install()].compute(NOISE)
    name = install(changed(SOUND, "audio.max", "audio.std"))
    with pytest.raises(AnnotatorError, match="has changed since it was loaded"):
        FEATURE_SETS[name]


def test_processes_load_it_again_and_draw_the_same_random_numbers(
    install: Install, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = changed(SOUND, "return Model()", "m = Model(); m.gain = np.random.standard_normal(); return m")
    entry = FEATURE_SETS[install(changed(random, "audio.mean(axis=1)", "audio.mean(axis=1) * model.gain"))]
    clips = [record(f"{n}.wav") for n in range(3)]
    np.random.seed(7)  # noqa: NPY002 - what packages draw from
    expected = np.random.standard_normal(2)[1]  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    np.random.standard_normal()  # noqa: NPY002
    here = finish(extract(entry, clips, cache=None))
    assert np.random.standard_normal() == expected  # noqa: NPY002 - the user's own are as they were
    monkeypatch.setattr(processes, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(processes, "cores", lambda: 2)
    assert (finish(extract(entry, clips, cache=None)) == here).all()


def test_what_a_package_prints_stays_off_standard_output(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = FEATURE_SETS[install(changed(SOUND, "return Model()", "print('loaded'); return Model()"))]
    entry.compute(NOISE)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("def load_model", "def load", "is no feature set: it has no load_model", "interface of HEAR"),
        ("def get_scene_embeddings", "def embed", "it has no get_scene_embeddings", "interface of HEAR"),
        ("import numpy as np", "import not_there", "needs not_there, which is not installed", "Install it"),
        ("import numpy as np", "raise OSError('no\\nyes')", "hear_package failed: no", "its own code"),
        (
            'model_file_path=""',
            "model_file_path",
            "needs to be told its weights",
            "embedding:hear_package@PATH",
        ),
        ("return Model()", "raise ValueError", "hear_package failed: ValueError", "its weights"),
        ("= 8000, 3, 3", "= 8000.5, 3, 3", "gives 8000.5 as its sample_rate", "from 1000 to 192000"),
        ("= 8000, 3, 3", "= 8000, 0, 3", "gives 0 as its scene_embedding_size", "from 1 to"),
        ("= 8000, 3, 3", "= 8000, 4, 3", "shape [1, 3] where it promises [1, 4]", "authors"),
        ("audio.max(axis=1)", "np.zeros(0)", "hear_package failed: all input", "8000 samples at 8000 Hz"),
    ],
)
def test_what_is_wrong_with_a_package_is_said_in_a_sentence(
    install: Install, old: str, new: str, message: str, hint: str
) -> None:
    name = install(changed(SOUND, old, new))
    with pytest.raises(AnnotatorError) as refused:
        FEATURE_SETS[name].compute(NOISE)
    assert message in str(refused.value)
    assert hint in refused.value.hint
    assert "\n" not in str(refused.value).replace(f"\n{refused.value.hint}", "")


@pytest.mark.parametrize("name", ["not_there", "hear_package.not_there", "sys", "__main__"])
def test_a_package_that_is_not_there_is_named(install: Install, name: str) -> None:
    install()
    with pytest.raises(AnnotatorError, match=f"no installed package {name}"):
        FEATURE_SETS[trusted(f"embedding:{name}")]
    assert f"embedding:{name}" not in FEATURE_SETS


def test_weights_for_a_package_that_takes_none_are_refused(install: Install, tmp_path: Path) -> None:
    name = install(changed(SOUND, 'model_file_path=""', ""))
    with pytest.raises(AnnotatorError, match="takes no weights"):
        FEATURE_SETS[trusted(f"{name}@{tmp_path}")]


def test_values_that_are_no_numbers_are_told_with_segment_and_column(
    install: Install, record: Record
) -> None:
    entry = FEATURE_SETS[install(changed(SOUND, "audio.max(axis=1)", "audio.max(axis=1) * np.nan"))]
    with pytest.raises(AnnotatorError, match=r"no finite value of e0002 for talk\.wav"):
        finish(extract(entry, [record()], cache=None))


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A server on this machine that nobody should reach."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@pytest.mark.parametrize(
    "call", ["urllib.request.urlopen(f'http://{host}:{port}/w.pt')", "socket.create_connection((host, port))"]
)
def test_a_package_that_wants_the_network_gets_none(
    install: Install, listening: socket.socket, call: str
) -> None:
    host, port = listening.getsockname()
    fetching = f"import socket, urllib.request; host, port = {host!r}, {port}; {call}; return Model()"
    name = install(changed(SOUND, "return Model()", fetching))
    with pytest.raises(AnnotatorError, match=r"asks for .*127\.0\.0\.1.* no connection") as refused:
        FEATURE_SETS[name]
    assert "m.load_model()" in refused.value.hint
    with pytest.raises(TimeoutError):
        listening.accept()
    # Everybody else is as free as before.
    with socket.create_connection((host, port)):
        listening.accept()[0].close()


def test_other_threads_may_connect_meanwhile(listening: socket.socket) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with offline() as refused, ThreadPoolExecutor(1) as another:
        another.submit(socket.create_connection, listening.getsockname()).result().close()
    assert refused == []


def test_packages_of_pytorch_get_tensors_on_one_thread_without_gradients(install: Install) -> None:
    torch = pytest.importorskip("torch")
    source = """
        import torch

        class Model(torch.nn.Module):
            sample_rate, scene_embedding_size, timestamp_embedding_size = 16000, 4, 4

            def __init__(self):
                super().__init__()
                self.layer = torch.nn.Linear(1, 4)
                self.dropout = torch.nn.Dropout(0.5)

        def load_model(model_file_path=""):
            return Model()

        def get_scene_embeddings(audio, model):
            assert torch.get_num_threads() == 1 and not torch.is_grad_enabled()
            return model.dropout(model.layer(audio.mean(dim=1, keepdim=True)))
    """
    before = torch.get_num_threads()
    entry = FEATURE_SETS[install(source)]
    first = entry.compute(NOISE)
    packages._load.cache_clear()
    assert (entry.compute(NOISE) == first).all()
    assert torch.get_num_threads() == before


# Speech models


def save_model(folder: Path, kind: str = "Wav2Vec2") -> None:
    """A speech model of random numbers, small enough for a test, as `save_pretrained` writes it."""
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
             "conv_dim": [8] * 7, "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4}  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = getattr(transformers, f"{kind}Config")(**sizes)
        getattr(transformers, f"{kind}Model")(config).save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained(folder)


@pytest.mark.filterwarnings("ignore")  # of transformers and PyTorch about themselves
@pytest.mark.parametrize("kind", ["Wav2Vec2", "Hubert", "WavLM"])
def test_a_speech_model_is_the_mean_of_its_last_layer(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "model"
    save_model(folder, kind)
    import torch
    from transformers import AutoModel

    entry = FEATURE_SETS[trusted(f"embedding:transformers@{folder}")]
    clip = NOISE * np.float32(0.1)
    values = entry.compute(clip)
    with torch.no_grad():
        normal = (clip - clip.mean()) / np.sqrt(clip.var() + 1e-7)
        expected = AutoModel.from_pretrained(folder).eval()(torch.from_numpy(normal)[None]).last_hidden_state
    np.testing.assert_allclose(values, expected[0].mean(dim=0).numpy(), atol=1e-5)
    assert (entry.compute(clip) == values).all()
    assert np.isfinite(entry.compute(clip[:1])).all()


@pytest.mark.filterwarnings("ignore")
def test_speech_models_that_are_not_on_disk_or_not_whole_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    save_model(folder)
    with pytest.raises(AnnotatorError, match="needs to be told its weights"):
        FEATURE_SETS[trusted("embedding:transformers")]
    with pytest.raises(AnnotatorError, match="no model lab/not-there on this computer") as refused:
        FEATURE_SETS[trusted("embedding:transformers@lab/not-there")]
    assert "hf download lab/not-there" in refused.value.hint
    with pytest.raises(AnnotatorError, match=r"has no config\.json"):
        FEATURE_SETS[trusted(f"embedding:transformers@{tmp_path}")]
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights.pop(next(name for name in weights if "layers.0" in name))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(AnnotatorError, match=r"lack encoder\.layers\.0"):
        FEATURE_SETS[trusted(f"embedding:transformers@{folder}")]
