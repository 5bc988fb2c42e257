"""The 162 values that many speech emotion notebooks start from: means over the frames of a clip.

Zero crossing rate, 12 chroma, 20 MFCC, RMS and the power in 128 mel bands, each as librosa 0.11 computes it with its
defaults at 22,050 Hz (`zero_crossing_rate`, `chroma_stft`, `mfcc`, `rms`, `melspectrogram`).
"""

import numpy as np

from annotator.features.chroma import N_CHROMA, chroma
from annotator.features.sound import N_MELS, Sound
from annotator.features.transform import Float32s, Float64s

N_MFCC = 20

COLUMNS = (
    "zcr",
    *(f"chroma_{n:02d}" for n in range(1, N_CHROMA + 1)),
    *(f"mfcc_{n:02d}" for n in range(1, N_MFCC + 1)),
    "rms",
    *(f"mel_{n:03d}" for n in range(1, N_MELS + 1)),
)


def compute(signal: Float32s) -> Float64s:
    """The values of a mono clip at 22,050 Hz in the order of `COLUMNS`, (162,); finite, silence included.

    >>> len(COLUMNS), compute(np.zeros(1000, dtype=np.float32)).shape
    (162, (162,))
    """
    return compute_shared(Sound(signal))


def compute_shared(sound: Sound) -> Float64s:
    """`compute` of a clip whose transform other sets use as well."""
    return np.concatenate(
        [
            [sound.zero_crossing_rate.mean()],
            chroma(sound).mean(axis=0, dtype=np.float64),
            sound.mfcc[:, :N_MFCC].mean(axis=0),
            [np.sqrt(sound.energy).mean()],
            sound.mel.mean(axis=0, dtype=np.float64),
        ]
    )
