"""The scores of the twelve pieces.

A melody is a string of bars separated by `/`; a note is `degree:beats`, where degree 1 is the tonic, degrees
above the scale's last go on into the next octave, 0 and below into the octave underneath, `#` raises by a
semitone and `r` is a rest. Chords are given for each bar as scale degrees on which thirds are stacked; a `7`
after the degree adds the seventh, a comma parts a bar in equal shares.
"""

from dataclasses import dataclass

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "octatonic": (0, 1, 3, 4, 6, 7, 9, 10),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One composition. `tonic` is the MIDI pitch of degree 1 of the melody, `tempo` beats per minute."""

    artist: str
    number: int
    title: str
    mood: str
    strength: float
    tonic: int
    scale: str
    tempo: float
    beats: int
    figure: str
    chords: str
    melody: str

    @property
    def file(self) -> str:
        """Name of the sound file."""
        return f"artist-{self.artist}_piece-{self.number}.ogg"


ARTISTS = {"a": "The Plucked Strings", "b": "The Pipe Loft", "c": "The Glass Bells", "d": "The Square Waves"}

PIECES = (
    Piece(
        "a", 1, "Market Morning", "happy", 1.0, 67, "major", 144, 4, "oompah",
        "1 4 1 5 6 4 5 1",
        "5:.5 3:.5 5:.5 6:.5 5:1 3:1 / 4:.5 6:.5 8:1 6:.5 4:.5 6:1 / 5:.5 3:.5 5:.5 8:.5 10:1 8:1"
        " / 9:.5 7:.5 5:.5 7:.5 9:1 r:1 / 8:.5 6:.5 8:.5 10:.5 9:1 8:1 / 6:.5 8:.5 11:1 10:.5 9:.5 8:1"
        " / 7:.5 8:.5 9:.5 7:.5 5:.5 6:.5 7:1 / 8:1 5:.5 3:.5 8:2",
    ),
    Piece(
        "a", 2, "Letter Unsent", "sad", 1.0, 69, "harmonic minor", 70, 4, "arpeggio",
        "1 6 4 5,1",
        "5:1.5 4:.5 3:2 / 3:1 2:.5 1:.5 1:2 / 4:1.5 3:.5 2:1 1:1 / 2:1 0:1 1:2",
    ),
    Piece(
        "a", 3, "Slow River", "calm", 0.9, 74, "major", 78, 3, "arpeggio",
        "17 47 17 47 2 1",
        "3:2 5:1 / 6:2 5:1 / 3:2 2:1 / 1:1.5 2:.5 3:1 / 4:1 3:1 2:1 / 1:3",
    ),
    Piece(
        "b", 1, "Stairwell", "tense", 1.0, 62, "phrygian", 152, 4, "pulse",
        "1 2 1 7 1 2 5 1",
        "1:.5 1:.5 2:.5 1:.5 1:.5 1:.5 3:.5 2:.5 / 2:.5 2:.5 4:.5 2:.5 6:1 5:1"
        " / 1:.5 1:.5 2:.5 1:.5 5:.5 5:.5 6:.5 5:.5 / 4:1 3:1 2:1 #1:1"
        " / 8:.5 8:.5 9:.5 8:.5 5:.5 5:.5 6:.5 5:.5 / 9:1 6:1 4:1 2:1"
        " / 5:.5 6:.5 5:.5 #4:.5 5:.5 6:.5 5:.5 #4:.5 / 9:2 8:2",
    ),
    Piece(
        "b", 2, "Empty Chapel", "sad", 0.9, 64, "harmonic minor", 70, 4, "hold",
        "1 4 6 5,1",
        "1:2 2:1 3:1 / 4:2 3:1 1:1 / 3:2 1:2 / 2:1 0:1 1:2",
    ),
    Piece(
        "b", 3, "Evening Window", "calm", 1.0, 65, "major", 71, 4, "hold",
        "1 47 6,4 1",
        "5:3 6:1 / 5:2 3:2 / 1:1 2:1 4:2 / 3:4",
    ),
    Piece(
        "c", 1, "Paper Lanterns", "happy", 0.9, 84, "major", 144, 4, "oompah",
        "1 5 6 4 1 5 4 1",
        "3:.5 5:.5 8:.5 5:.5 3:.5 5:.5 8:1 / 2:.5 5:.5 7:.5 5:.5 9:1 7:1 / 8:.5 6:.5 3:.5 6:.5 8:1 10:1"
        " / 9:.5 8:.5 6:.5 8:.5 4:1 6:1 / 5:.5 8:.5 10:.5 8:.5 12:1 10:1 / 9:.5 7:.5 5:.5 7:.5 9:1 11:1"
        " / 10:.5 9:.5 8:.5 6:.5 8:.5 9:.5 6:1 / 8:1 10:1 8:2",
    ),
    Piece(
        "c", 2, "Glass Clock", "tense", 0.9, 76, "octatonic", 160, 4, "pulse",
        "1 2 1 4 1 2 3 1",
        "1:.5 2:.5 1:.5 5:.5 1:.5 2:.5 1:.5 5:.5 / 2:.5 3:.5 2:.5 6:.5 2:.5 3:.5 6:1"
        " / 1:.5 2:.5 1:.5 5:.5 9:.5 8:.5 9:1 / 8:1 7:1 6:1 5:1"
        " / 5:.5 6:.5 5:.5 9:.5 5:.5 6:.5 5:.5 9:.5 / 6:.5 7:.5 10:1 6:.5 7:.5 10:1"
        " / 11:.5 10:.5 9:.5 8:.5 7:.5 6:.5 5:.5 4:.5 / 2:1 r:1 9:2",
    ),
    Piece(
        "c", 3, "Snow at Four", "calm", 1.1, 82, "major", 71, 4, "arpeggio",
        "17 47 6 1",
        "5:2 3:2 / 6:1 5:1 3:2 / 2:1 3:1 1:2 / r:1 5:1 8:2",
    ),
    Piece(
        "d", 1, "Arcade Sunday", "happy", 1.1, 81, "major", 150, 4, "oompah",
        "1 1 4 5 6 4 5 1",
        "1:.5 3:.5 5:.5 3:.5 8:1 5:1 / r:.5 5:.5 6:.5 5:.5 3:1 1:1 / 4:.5 6:.5 8:.5 6:.5 11:1 8:1"
        " / 7:.5 9:.5 7:.5 5:.5 9:1 r:1 / 10:.5 8:.5 6:.5 8:.5 10:1 8:1 / 6:.5 8:.5 4:.5 6:.5 8:1 6:1"
        " / 5:.5 7:.5 9:.5 11:.5 9:.5 7:.5 5:1 / 8:.5 8:.5 r:.5 5:.5 8:2",
    ),
    Piece(
        "d", 2, "Last Train", "tense", 1.1, 72, "harmonic minor", 160, 4, "pulse",
        "1 1 6 5 1 4 5 1",
        "1:.5 1:.5 r:.5 1:.5 3:.5 2:.5 1:.5 0:.5 / 1:.5 1:.5 r:.5 5:.5 6:.5 5:.5 #4:.5 5:.5"
        " / 6:.5 6:.5 5:.5 6:.5 8:1 6:1 / 7:.5 5:.5 7:.5 9:.5 7:1 5:1"
        " / 8:.5 8:.5 r:.5 8:.5 10:.5 9:.5 8:.5 7:.5 / 11:.5 10:.5 8:.5 6:.5 4:1 6:1"
        " / 5:.5 7:.5 9:.5 7:.5 11:.5 9:.5 7:.5 5:.5 / 8:.5 r:.5 8:.5 r:.5 8:2",
    ),
    Piece(
        "d", 3, "Power Saving", "sad", 1.0, 74, "harmonic minor", 70, 4, "arpeggio",
        "1 4 6 5,1",
        "5:2 3:1 1:1 / 4:1.5 3:.5 1:2 / 6:1 5:1 3:2 / 2:1 0:1 1:2",
    ),
)  # fmt: skip
