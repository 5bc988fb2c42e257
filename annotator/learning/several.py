"""Metrics where a segment has several labels at once, or a share of each: sums that add up over rows, as in `metrics`.

Several labels, sums of true and false positives and negatives of each label:

- macro_f1: mean over the labels that occur or are predicted of 2 TP / (2 TP + FP + FN).
- micro_f1: the same of the sums over all labels, so that frequent labels count most.
- hamming: share of all yes-or-no decisions that are wrong (smaller is better).

Shares (a distribution over the labels):

- cosine: mean cosine of the angle between the two distributions of a segment.
- kl: mean Kullback-Leibler divergence in nats, sum of p log(p / q), p the people's (smaller is better). A share is
  taken as no less than one in a thousand, or a single share of nothing would make it infinite.

M.-L. Zhang and Z.-H. Zhou, "A review on multi-label learning algorithms", IEEE TKDE 26(8), 2014.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.learning.ratios import by_label, mean_defined, ratio

_SMALLEST_SHARE = 1e-3


def label_counts(truth: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:
    """True positives, false positives, false negatives, true negatives: two (n, labels) of 0 and 1 -> (n, labels, 4).

    >>> label_counts(np.array([[1, 0]]), np.array([[1, 1]])).tolist()
    [[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]]
    """
    yes, said = truth > 0.5, predicted > 0.5
    return np.stack([yes & said, ~yes & said, yes & ~said, ~yes & ~said], axis=-1).astype(np.float64)


def labels_metrics(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """(macro_f1, micro_f1, hamming) of summed counts, (..., labels, 4) -> (..., 3); NaN where there are no rows.

    >>> labels_metrics(np.array([[2.0, 0, 0, 2], [1, 1, 1, 1]])).tolist()
    [0.75, 0.75, 0.25]
    """
    tp, fp, fn = counts[..., 0], counts[..., 1], counts[..., 2]
    f1 = ratio(2 * tp, 2 * tp + fp + fn)
    macro = mean_defined(f1)
    micro = ratio(2 * tp.sum(axis=-1), (2 * tp + fp + fn).sum(axis=-1))
    hamming = ratio((fp + fn).sum(axis=-1), counts.sum(axis=(-1, -2)))
    return np.stack([macro, micro, hamming], axis=-1)


def floored(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distributions with no share below one in a thousand, (n, labels), each summing to 1.

    >>> floored(np.array([[1.0, 0.0]])).round(4).tolist()
    [[0.999, 0.001]]
    """
    raised = np.maximum(shares, _SMALLEST_SHARE)
    result: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return result


def share_sums(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    """1, cosine and divergence of every row: two (n, labels) -> (n, 3)."""
    p, q = floored(truth), floored(predicted)
    divergence = (p * np.log(p / q)).sum(axis=1)
    lengths = np.linalg.norm(truth, axis=1) * np.linalg.norm(predicted, axis=1)
    cosine = (truth * predicted).sum(axis=1) / np.maximum(lengths, 1e-12)
    return np.stack([np.ones(len(truth)), cosine, divergence], axis=1)


def shares_metrics(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(cosine, kl) of summed rows, (..., 3) -> (..., 2); NaN where there are no rows."""
    return np.stack([ratio(sums[..., 1], sums[..., 0]), ratio(sums[..., 2], sums[..., 0])], axis=-1)


def per_label(counts: NDArray[np.float64], labels: tuple[str, ...]) -> list[dict[str, Any]]:
    """Precision, recall, F1 and support of every label, as `by_label` gives them."""
    tp, fp, fn, _ = np.moveaxis(counts, -1, 0)
    return by_label(labels, tp, tp + fp, tp + fn)
