"""What is played is what was asked for, sample for sample; and work goes on where there is no sound."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QMediaDevices
from pytestqt.qtbot import QtBot

from annotator.audio.source import AudioSource, open_source
from annotator.audio.stretch import Stretcher, stretched_length
from annotator.gui.player import Passage, Player
from annotator.gui.sound_feed import Converter, Feed

RATE = 8000


def _sound(path: Path, rate: int = RATE, seconds: float = 3.0, channels: int = 1) -> Path:
    noise = np.random.default_rng(7).uniform(-0.4, 0.4, (int(rate * seconds), channels))
    soundfile.write(path, noise, rate, subtype="PCM_16")
    return path


class Clock:
    """Stands in for a QElapsedTimer: what it shows is set by the test."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._begun = now()

    def nsecsElapsed(self) -> int:
        return round((self._now() - self._begun) * 1e9)

    def restart(self) -> None:
        self._begun = self._now()


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


@pytest.mark.parametrize("speed", [0.5, 1.5])
def test_at_another_speed_the_whole_stretch_takes_as_much_longer(
    player: Player, source: AudioSource, qtbot: QtBot, speed: float
) -> None:
    positions: list[int] = []
    player.position_changed.connect(positions.append)
    begun = time.monotonic()
    with qtbot.waitSignal(player.finished, timeout=5000):
        player.play(source, 1000, 1000 + RATE // 2, speed=speed)
    assert time.monotonic() - begun == pytest.approx(0.5 / speed, abs=0.2)
    assert positions[-1] == 1000 + RATE // 2
    assert all(np.diff(positions) >= 0)


def test_the_speed_changes_while_it_plays(player: Player, source: AudioSource, qtbot: QtBot) -> None:
    ends: list[str] = []
    player.stopped.connect(lambda: ends.append("stopped"))
    player.play(source, 0, 2 * RATE, speed=0.5)
    qtbot.waitUntil(lambda: player.position > 500)
    before = player.position
    player.change_speed(2.0)
    assert player.playing
    assert player.position >= before
    with qtbot.waitSignal(player.finished, timeout=1500):
        pass
    assert player.position == 2 * RATE
    assert not ends


def test_a_paused_sound_stays_paused_when_its_speed_changes(
    player: Player, source: AudioSource, qtbot: QtBot
) -> None:
    player.play(source, 0, 2 * RATE)
    qtbot.waitUntil(lambda: player.position > 500)
    player.pause()
    held = player.position
    player.change_speed(0.5)
    qtbot.wait(100)
    assert player.paused
    assert player.position == held
    player.resume()
    qtbot.waitUntil(lambda: player.position > held)


@pytest.mark.parametrize("speed", [0.5, 0.77, 1.0, 1.3, 2.0])
def test_an_hour_of_rounds_does_not_drift(source: AudioSource, speed: float) -> None:
    """After any number of rounds the playhead is where the frames handed out put it, to the sample."""
    passage = Passage(source, 100, 9100, True, speed, 2000)
    first, whole = stretched_length(7100, speed), stretched_length(9000, speed)
    for rounds in (0, 1, 1000, 3600):
        for inside in (0, 1, whole // 3, whole - 1):
            heard = (first + rounds * whole + inside + 0.5) / RATE
            assert passage.place(heard) == 100 + int(inside * speed)
    plain = Passage(source, 0, 3600 * RATE, False, speed, 0)
    assert plain.place(3600 / speed) == pytest.approx(3600 * RATE, abs=1)
    assert plain.place(1800.5 / speed) == pytest.approx(1800.5 * RATE, abs=2)


def test_the_playhead_follows_the_devices_clock_for_an_hour(
    player: Player, source: AudioSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device a thousandth slow: after an hour the clock of the machine is 3.6 s ahead, the playhead is not."""
    player.play(source, 0, 10)
    player._timer.stop()
    player._passage = Passage(source, 0, 3600 * RATE, False, 1.0, 0)
    now = 0.0
    monkeypatch.setattr(player, "_clock", Clock(lambda: now))
    monkeypatch.setattr(player._output, "played", lambda: now * 0.999)
    worst = 0.0
    while now < 3600.0:
        now += 0.05
        player._tick()
        worst = max(worst, abs(player.position / RATE - now * 0.999))
    assert worst < 0.002


@pytest.mark.parametrize("speed", [0.6, 1.0, 1.7])
def test_rounds_of_a_loop_join_without_a_frame_between(source: AudioSource, speed: float) -> None:
    feed = Feed(
        source, 1000, 5000, True, _format(RATE, 1, QAudioFormat.SampleFormat.Float), begin=4000, speed=speed
    )
    first, whole = stretched_length(1000, speed), stretched_length(4000, speed)
    feed.start()
    sound = b""
    while len(sound) < 4 * (first + 2 * whole):
        sound += feed.take(4 * (first + 2 * whole) - len(sound))
    feed.close()
    heard = np.frombuffer(sound, np.float32)[:, None]
    once = Stretcher(4000, sample_rate=RATE, channels=1, speed=speed)(source.read(1000, 5000))
    np.testing.assert_array_equal(heard[first : first + whole], once)
    np.testing.assert_array_equal(heard[first + whole :], once)


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
start, stop, pause = map(int, sys.argv[2:5])
player.failed.connect(sys.exit)
player.finished.connect(app.quit)
if pause:
    QTimer.singleShot(300, player.pause)
    QTimer.singleShot(500, player.resume)
player.play(source, start, stop, speed=float(sys.argv[5]))
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


@pytest.mark.parametrize(("pause", "speed"), [(0, 1.0), (1, 1.0), (0, 0.5), (1, 0.8), (0, 1.25), (0, 2.0)])
def test_exactly_the_segment_is_heard(
    sound_server: dict[str, str], tmp_path: Path, pause: int, speed: float
) -> None:
    rate, start, stop = 44100, 20011, 71234
    path = _sound(tmp_path / "noise.wav", rate, 2.0, 2)
    with open_source(path) as source:
        wanted = _as_heard(source.read(start, stop), rate, speed)
    arguments = [str(path), str(start), str(stop), str(pause), str(speed)]
    # A machine too busy for its sound server leaves gaps that are not the player's.
    for _ in range(3):
        heard = _record(sound_server, tmp_path / "heard.raw", rate, arguments)
        # The noise is never exactly silent on both channels: everything not silent was played, in this order.
        sound = heard[np.abs(heard).max(axis=1) > 0]
        if len(sound) == len(wanted) and np.abs(sound - wanted).max() < 1e-4:
            break
    assert len(sound) == len(wanted)
    np.testing.assert_allclose(sound, wanted, atol=1e-4)
    # The last of the segment, as it was recorded: 20 ms untouched, 100 ms in all their loudness.
    with open_source(path) as source:
        np.testing.assert_allclose(sound[-882:], source.read(stop - 882, stop), atol=1e-4)
    assert np.std(sound[-round(4410 / speed) :]) == pytest.approx(np.std(wanted), rel=0.1)


def _as_heard(sound: np.ndarray, rate: int, speed: float) -> np.ndarray:
    return Stretcher(len(sound), sample_rate=rate, channels=2, speed=speed)(sound)


_UNPLUG = """
import subprocess, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from annotator.audio.source import open_source
from annotator.gui.player import Player

app = QCoreApplication([])
player = Player()
places = {"failed": 0, "recovered": 0}
said = []

def plug():
    subprocess.run(["pactl", "load-module", "module-null-sink", "sink_name=new", "norewinds=1"], check=True)

def hear(kind):
    said.append(kind)
    places[kind] = player.position
    QTimer.singleShot(500, plug if kind == "failed" else app.quit)

player.failed.connect(lambda text: hear("failed"))
player.recovered.connect(lambda text: hear("recovered"))
player.play(open_source(Path(sys.argv[1])), 0, 10**9)
QTimer.singleShot(800, lambda: subprocess.run(["pactl", "unload-module", "module-null-sink"], check=True))
QTimer.singleShot(15000, app.quit)
app.exec()
assert said == ["failed", "recovered"], said
assert 4000 < places["failed"] < places["recovered"] < player.position, places
assert player.playing
player.stop()
"""


def test_an_unplugged_device_is_said_once_and_sound_returns_with_the_next(
    sound_server: dict[str, str], tmp_path: Path
) -> None:
    path = _sound(tmp_path / "noise.wav", RATE, 20.0, 2)
    played = subprocess.run(
        [sys.executable, "-c", _UNPLUG, str(path)],
        env=sound_server, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert played.returncode == 0, played.stderr


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
