"""Feature sets: numbers that describe a stretch of audio, all computed from one shared short-time transform."""
