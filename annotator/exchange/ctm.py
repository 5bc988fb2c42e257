"""Reads CTM, word times of NIST's tools: `file channel start duration word [confidence [type [speaker]]]`."""

from collections import defaultdict
from pathlib import Path

from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedWord
from annotator.exchange.textfile import read_text
from annotator.exchange.timed import collected, possible, utterances

#: Marks of aligners for what is no word.
_NO_WORD = {"<eps>", "<sil>", "<silence>", "<s>", "</s>", "sil", "[noise]", "<noise>", "!sil"}


def read_ctm(path: Path) -> Imported:
    """Words of each file, channel and speaker as utterances that end at pauses.

    Channels of one file are speakers (`A`, `B`, ...) where there are several and no speaker is named. Lines that are
    no word with a time are reported. Raises `AnnotatorError` where no line is.
    """
    findings = Findings()
    words: dict[tuple[str, str, str], list[ImportedWord]] = defaultdict(list)
    for number, line in enumerate(read_text(path, findings).split("\n"), start=1):
        fields = line.split(";;", 1)[0].split()
        if not fields or (len(fields) > 4 and fields[4].lower() in _NO_WORD):
            continue
        try:
            name, channel, start, length, word = (
                fields[0],
                fields[1],
                float(fields[2]),
                float(fields[3]),
                fields[4],
            )
        except (ValueError, IndexError):
            findings.drop(number, tr('"{text}" is no word with a time.', text=line.strip()[:60]))
            continue
        if len(fields) > 6 and fields[6].lower() not in ("lex", "fp", "frag"):
            continue
        if possible(start, start + length, word, findings, number):
            speaker = fields[7] if len(fields) > 7 and fields[7].lower() not in ("unknown", "null") else ""
            words[name, channel, speaker].append(ImportedWord(start, start + length, word))
    channels = defaultdict(set)
    for name, channel, _ in words:
        channels[name].add(channel)
    segments = [
        segment
        for (name, channel, speaker), spoken in words.items()
        for segment in utterances(spoken, name, speaker or (channel if len(channels[name]) > 1 else ""))
    ]
    return collected(path, segments, findings)
