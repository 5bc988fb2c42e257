"""Where things begin and end: automatic segmentation of recordings, and how well two segmentations agree.

Every method that listens first turns sound into an `Activity` (how sure it is of sound in every frame, which costs
time and is kept), and then the activity into spans (`spans_from_probabilities`, which is instant, so that options
can be turned by hand while watching).
"""
