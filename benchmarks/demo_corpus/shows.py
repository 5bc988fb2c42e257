"""The scripts of the two talk shows and the voices that speak them."""

from dataclasses import dataclass

#: Stands in a text for a pause within the sentence.
PAUSE = "|"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A synthetic voice: the name of an espeak-ng voice with its variant, pitch 0..99, words per minute."""

    name: str
    voice: str
    pitch: int
    speed: int


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence. `|` in `text` is a pause within it; `strength` tells how strongly the mood is played."""

    speaker: str
    mood: str
    strength: float
    text: str

    @property
    def written(self) -> str:
        """The sentence as a transcript has it."""
        return self.text.replace(PAUSE, "")


@dataclass(frozen=True, slots=True)
class Show:
    """One talk show: `file` is its stem; `transcript` the suffix of its transcript."""

    file: str
    title: str
    language: str
    transcript: str
    speakers: tuple[Speaker, ...]
    lines: tuple[Line, ...]


ENGLISH = Show(
    file="talk_en",
    title="The Kettle",
    language="en",
    transcript=".vtt",
    speakers=(
        Speaker("Nora", "en-gb+f2", 82, 168),
        Speaker("Sam", "en-us+m3", 42, 160),
        Speaker("Ruth", "en-us+f4", 74, 172),
        Speaker("Joe", "en-gb-scotland+m7", 28, 164),
    ),
    lines=(
        Line("Nora", "happy", 1.0, "Good evening, and welcome to The Kettle!"),
        Line("Nora", "calm", 0.8, "Tonight we take our time,| and we listen."),
        Line("Sam", "happy", 0.9, "Thank you, it is so good to be here!"),
        Line("Sam", "calm", 1.0, "I wrote the new songs by the sea,| early in the morning."),
        Line("Sam", "sad", 0.9, "My old band is gone, and I miss them."),
        Line("Nora", "sad", 0.8, "I am sorry,| that must have been hard."),
        Line("Joe", "tense", 1.0, "That was never a penalty, never in my life!"),
        Line("Joe", "tense", 1.1, "Three minutes left, and he stops the game!"),
        Line("Nora", "tense", 0.8, "Please, one at a time, let him finish!"),
        Line("Joe", "sad", 1.0, "We lost,| and the whole town went quiet."),
        Line("Ruth", "calm", 0.9, "The rain will stay until Sunday, soft and steady."),
        Line("Ruth", "tense", 1.0, "But the river is rising, so move your cars right now!"),
        Line("Ruth", "sad", 1.1, "Last year,| some families lost everything."),
        Line("Sam", "tense", 1.0, "And still, nobody has repaired that bridge!"),
        Line("Nora", "calm", 1.0, "Let us breathe,| and have some tea."),
        Line("Joe", "happy", 1.1, "And my daughter scored her very first goal!"),
        Line("Ruth", "happy", 1.0, "Sunshine on Monday, a whole blue sky!"),
        Line("Joe", "calm", 1.0, "We sat in the garden until it was dark."),
        Line("Sam", "happy", 1.1, "Then let us sing, all of us, right now!"),
        Line("Nora", "happy", 0.9, "What a lovely evening, see you next week!"),
    ),
)

INDONESIAN = Show(
    file="talk_id",
    title="Ngobrol Sore",
    language="id",
    transcript=".srt",
    speakers=(
        Speaker("Rina", "id+f4", 66, 200),
        Speaker("Bagas", "id+m1", 44, 192),
        Speaker("Sari", "id+f2", 80, 206),
        Speaker("Tono", "id+m5", 26, 198),
    ),
    lines=(
        Line("Rina", "happy", 1.0, "Selamat sore, selamat datang di Ngobrol Sore!"),
        Line("Rina", "calm", 0.9, "Duduklah yang nyaman,| kita mengobrol santai saja."),
        Line("Bagas", "happy", 0.9, "Terima kasih, senang sekali bisa ada di sini!"),
        Line("Bagas", "calm", 1.0, "Lagu baru ini saya tulis di tepi sawah,| pelan-pelan."),
        Line("Sari", "calm", 0.9, "Pagi ini kabut turun, lalu langit perlahan cerah."),
        Line("Sari", "tense", 1.0, "Tapi awas, malam ini badai datang, jangan keluar rumah!"),
        Line("Tono", "tense", 1.1, "Wasitnya keterlaluan, itu jelas bukan pelanggaran!"),
        Line("Tono", "tense", 1.0, "Kami sudah menunggu sepuluh tahun, sepuluh tahun!"),
        Line("Rina", "tense", 0.8, "Sebentar, tolong, jangan bicara bersamaan!"),
        Line("Tono", "sad", 1.0, "Kami kalah,| dan stadion menjadi sunyi."),
        Line("Rina", "sad", 0.8, "Saya ikut sedih mendengarnya."),
        Line("Bagas", "sad", 1.1, "Guru gitar saya| meninggal bulan lalu."),
        Line("Bagas", "tense", 0.9, "Dan rumahnya malah mau digusur, ini tidak adil!"),
        Line("Sari", "sad", 1.0, "Banjir kemarin| membawa pergi kebun ibu saya."),
        Line("Rina", "calm", 1.0, "Mari kita minum teh dulu,| sambil mendengarkan hujan."),
        Line("Tono", "calm", 0.9, "Di kampung, sore hari selalu tenang."),
        Line("Tono", "happy", 1.0, "Oh ya, anak saya juara kelas, luar biasa!"),
        Line("Sari", "happy", 1.1, "Hore, hari Minggu cerah, ayo kita ke pantai!"),
        Line("Bagas", "happy", 1.0, "Kalau begitu, kita bernyanyi bersama, yuk!"),
        Line("Rina", "happy", 0.9, "Terima kasih semuanya, sampai jumpa minggu depan!"),
    ),
)

SHOWS = (ENGLISH, INDONESIAN)
