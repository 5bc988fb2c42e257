"""The report in a real browser, where one is installed: nothing fetched, nothing cut off, readable light and dark.

A copy of the page gets a script that measures it as it is laid out and leaves what it found in the document, which the
browser then prints. The report itself holds no script.
"""

import html
import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.app.agreement import measure_agreement
from annotator.app.corpus_folder import create_corpus
from annotator.app.rate import add_rater
from annotator.app.report.page import write_page
from annotator.domain.corpus import Annotation, Recording, Segment, Tier, new_id
from annotator.domain.progress import finish

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome is installed")

PROBE = Path(__file__).with_name("report_probe.js")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three schemes, five raters, one of them with a long name and a tag in it, songs, missing ratings."""
    folder = tmp_path_factory.mktemp("browser")
    session = create_corpus(folder / "report.corpus", ["valence-arousal", "emotify-9", "emotions-crema-d"])
    tier = Tier(new_id(), "pieces")
    recordings = [
        Recording(
            new_id(), f"a-rather-long-name-of-a-song-{k}.wav", "", "", 16000, 640000, 1, {"song": f"s{k}"}
        )
        for k in range(6)
    ]
    segments = [
        Segment(new_id(), recording.id, tier.id, k * 64000, (k + 1) * 64000)
        for recording in recordings
        for k in range(5)
    ]
    session.transact("Add", lambda transaction: transaction.put(tier, *recordings, *segments))
    rng = np.random.default_rng(0)
    truth = rng.uniform(-0.6, 0.6, size=(30, 2))
    labels = ["anger", "disgust", "fear", "happy", "neutral", "sad"]
    given = []
    for name in ("Ann", "Bo", "Wilhelmina van der <Heuvel> & daughters", "Di", "E"):
        rater = add_rater(session, name)
        for n, segment in enumerate(segments):
            if name == "E" and n % 2:
                continue
            x, y = np.clip(
                truth[n] + rng.normal(0, 0.2, 2) + (0.5 if name.startswith("W") else 0), -1, 1
            ).tolist()
            said = {
                "valence-arousal": {"valence": x, "arousal": y},
                "emotify-9": {"power": y > 0.1, "calmness": y < -0.1, "sadness": x < 0},
                "emotions-crema-d": {
                    "emotion": labels[int(rng.integers(6)) if rng.random() < 0.4 else n % 6]
                },
            }
            given += [Annotation("", segment.id, rater.id, scheme, values) for scheme, values in said.items()]
    session.transact("Rate", lambda transaction: transaction.record(given))
    path = folder / "report.html"
    write_page(session, finish(measure_agreement(session, replicates=50)), path, replicates=50)
    session.close()
    return path


def looked_at(report: Path, width: int, *, dark: bool) -> dict[str, Any]:
    """What the browser finds on the page in a window so wide, with the system set to light or dark."""
    probed = report.with_name(f"probed-{width}-{dark}.html")
    page = report.read_text(encoding="utf-8")
    probed.write_text(
        page.replace("</body>", f"<script>{PROBE.read_text(encoding='utf-8')}</script></body>"),
        encoding="utf-8",
    )
    assert BROWSER is not None
    done = subprocess.run(
        [
            BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
            f"--user-data-dir={report.parent / 'profile'}", f"--window-size={width},900",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--dump-dom", probed.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    found = re.search(r'data-found="([^"]*)"', done.stdout)
    assert found is not None, done.stderr[-2000:]
    data: dict[str, Any] = json.loads(html.unescape(found.group(1)))
    return data


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (500, False)])
def test_the_page_in_a_browser(report: Path, width: int, dark: bool) -> None:
    found = looked_at(report, width, dark=dark)
    assert found["dark"] == dark
    assert found["fetched"] == []
    assert found["sideways"] <= 0
    assert found["contrast"][0] >= 4.5, found["contrast"]
    assert found["cut"] == []
    assert found["flat"] == 0
    assert found["unreachable"] == 0


def test_a_screen_reader_finds_its_way(report: Path) -> None:
    found = looked_at(report, 1280, dark=False)
    levels = [level for level, _ in found["headings"]]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert found["empty"] == 0
    assert found["twice"] == []
    assert found["dead"] == 0
    assert found["landmarks"] == [1, 1, 1, 1]
    assert found["title"] == "Agreement of raters: report"
    assert found["lang"] == "en"
