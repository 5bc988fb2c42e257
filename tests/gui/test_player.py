"""What is played is what was asked for, sample for sample; and work goes on where there is no sound."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QMediaDevices
from pytestqt.qtbot import QtBot

from annotator.audio.source import AudioSource, open_source
from annotator.gui.player import Player
from annotator.gui.sound_feed import Converter

RATE = 8000


def _sound(path: Path, rate: int = RATE, seconds: float = 3.0, channels: int = 1) -> Path:
    noise = np.random.default_rng(7).uniform(-0.4, 0.4, (int(rate * seconds), channels))
    soundfile.write(path, noise, rate, subtype="PCM_16")
    return path


@pytest.fixture
def source(tmp_path: Path) -> Iterator[AudioSource]:
    with open_source(_sound(tmp_path / "a.wav")) as opened:
        yield opened


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Player]:
    """A player on a machine without a sound device."""
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    player = Player()
    yield player
    player.stop()


def test_without_a_device_it_says_so_once_and_runs_in_real_time(
    player: Player, source: AudioSource, qtbot: QtBot
) -> None:
    complaints: list[str] = []
    positions: list[int] = []
    player.failed.connect(complaints.append)
    player.position_changed.connect(positions.append)
    begun = time.monotonic()
    for _ in range(2):
        with qtbot.waitSignal(player.finished, timeout=3000):
            player.play(source, 1000, 1000 + RATE // 4)
    assert len(complaints) == 1
    assert time.monotonic() - begun >= 0.5
    assert positions[0] == 1000
    assert positions[-1] == player.position == 1000 + RATE // 4
    assert not player.playing
    assert len(set(positions)) > 5


def test_pause_holds_and_resume_goes_on(player: Player, source: AudioSource, qtbot: QtBot) -> None:
    player.play(source, 0, RATE // 4)
    qtbot.waitUntil(lambda: player.position > 300)
    player.pause()
    held = player.position
    assert player.paused
    assert not player.playing
    qtbot.wait(400)
    assert player.position == held
    with qtbot.waitSignal(player.finished, timeout=2000):
        player.resume()
    assert player.position == RATE // 4


def test_a_loop_goes_round_until_it_is_stopped(player: Player, source: AudioSource, qtbot: QtBot) -> None:
    positions: list[int] = []
    player.position_changed.connect(positions.append)
    player.play(source, 800, 1600, loop=True)
    qtbot.waitUntil(lambda: any(np.diff(positions) < 0), timeout=3000)
    with qtbot.waitSignal(player.stopped):
        player.stop()
    assert all(800 <= position < 1600 for position in positions)


def test_playing_something_else_stops_what_was_playing(
    player: Player, source: AudioSource, qtbot: QtBot
) -> None:
    player.play(source, 0, 20 * RATE)
    with qtbot.waitSignal(player.stopped):
        player.play(source, RATE, 2 * RATE)
    assert player.position == RATE


def test_a_stretch_outside_the_file_is_not_played(player: Player, source: AudioSource) -> None:
    player.play(source, source.samples, source.samples + 100)
    assert not player.playing


def test_samples_reach_a_16_bit_device_unchanged(source: AudioSource) -> None:
    wanted = _format(RATE, 1, QAudioFormat.SampleFormat.Int16)
    given = np.frombuffer(Converter(source, wanted)(source.read(0, 500), last=True), np.int16)
    np.testing.assert_array_equal(given, source.native(0, 500)[:, 0])


def test_a_device_of_another_rate_gets_as_many_seconds(source: AudioSource) -> None:
    convert = Converter(source, _format(48000, 2, QAudioFormat.SampleFormat.Float))
    sound = convert(source.read(0, 4000), last=False) + convert(source.read(4000, 8000), last=True)
    frames = np.frombuffer(sound, np.float32).reshape(-1, 2)
    assert len(frames) == 48000
    np.testing.assert_array_equal(frames[:, 0], frames[:, 1])


def _format(rate: int, channels: int, encoding: QAudioFormat.SampleFormat) -> QAudioFormat:
    made = QAudioFormat()
    made.setSampleRate(rate)
    made.setChannelCount(channels)
    made.setSampleFormat(encoding)
    return made


# For real: a sound server of its own, whose output is recorded.

_PLAY = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from annotator.audio.source import open_source
from annotator.gui.player import Player

app = QCoreApplication([])
player = Player()
source = open_source(Path(sys.argv[1]))
start, stop, pause = map(int, sys.argv[2:])
player.failed.connect(sys.exit)
player.finished.connect(app.quit)
if pause:
    QTimer.singleShot(300, player.pause)
    QTimer.singleShot(500, player.resume)
player.play(source, start, stop)
app.exec()
QTimer.singleShot(700, app.quit)  # the sound system plays what it was given
app.exec()
"""


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Environment of a PulseAudio server with one sink that plays into nothing."""
    if not shutil.which("pulseaudio") or not shutil.which("parec"):
        pytest.skip("PulseAudio is not installed")
    environment = {
        **os.environ,
        "PULSE_RUNTIME_PATH": str(tmp_path / "pulse"),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    environment.pop("PULSE_SERVER", None)
    # Without `norewinds` streams start up to a second late.
    modules = ["module-native-protocol-unix auth-anonymous=1", "module-null-sink sink_name=null norewinds=1"]
    command = [
        "pulseaudio",
        "-n",
        "--daemonize=no",
        "--use-pid-file=no",
        "--exit-idle-time=-1",
        "--disable-shm=yes",
    ]
    for module in modules:
        command += ["-L", module]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if (
                subprocess.run(
                    ["pactl", "info"], env=environment, capture_output=True, check=False
                ).returncode
                == 0
            ):
                break
            time.sleep(0.05)
        else:
            pytest.skip("PulseAudio does not start here")
        yield environment
    finally:
        server.terminate()
        server.wait()


@pytest.mark.parametrize("pause", [0, 1])
def test_exactly_the_segment_is_heard(sound_server: dict[str, str], tmp_path: Path, pause: int) -> None:
    rate, start, stop = 44100, 20011, 71234
    path = _sound(tmp_path / "noise.wav", rate, 2.0, 2)
    with open_source(path) as source:
        wanted = source.read(start, stop)
    # A machine too busy for its sound server leaves gaps that are not the player's.
    for _ in range(3):
        heard = _record(
            sound_server, tmp_path / "heard.raw", rate, [str(path), str(start), str(stop), str(pause)]
        )
        # The noise is never exactly silent on both channels: everything not silent was played, in this order.
        sound = heard[np.abs(heard).max(axis=1) > 0]
        if len(sound) == len(wanted) and np.abs(sound - wanted).max() < 1e-4:
            break
    assert len(sound) == len(wanted)
    np.testing.assert_allclose(sound, wanted, atol=1e-4)


def _record(environment: dict[str, str], target: Path, rate: int, arguments: list[str]) -> np.ndarray:
    listen = ["parec", "-d", "null.monitor", "--format=float32le", f"--rate={rate}", "--channels=2"]
    with target.open("wb") as file, subprocess.Popen(listen, env=environment, stdout=file) as recorder:
        time.sleep(0.4)
        played = subprocess.run(
            [sys.executable, "-c", _PLAY, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        time.sleep(0.3)
        recorder.terminate()
    assert played.returncode == 0, played.stderr
    return np.fromfile(target, np.float32).reshape(-1, 2)
