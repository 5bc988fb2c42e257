"""The paragraph on methods of a training for a paper, its references, and what the figures cannot say."""

from annotator.app.session import Session
from annotator.app.training import Trained
from annotator.domain.translation import tr
from annotator.features.sets import clip_features, package_of
from annotator.learning.models import MODELS
from annotator.storage.reader import Reader

_REFERENCES = {
    "scikit-learn": "Pedregosa, F. et al. (2011). Scikit-learn: Machine learning in Python. Journal of Machine Learning"
    " Research, 12, 2825-2830.",
    "pytorch": "Paszke, A. et al. (2019). PyTorch: An imperative style, high-performance deep learning library."
    " Advances in Neural Information Processing Systems, 32.",
    "bootstrap": "Efron, B. & Tibshirani, R. (1993). An Introduction to the Bootstrap. Chapman & Hall.",
    "uar": "Schuller, B., Steidl, S. & Batliner, A. (2009). The INTERSPEECH 2009 emotion challenge. Interspeech,"
    " 312-315.",
    "ccc": "Lin, L. I.-K. (1989). A concordance correlation coefficient to evaluate reproducibility. Biometrics, 45(1),"
    " 255-268.",
    "labels": "Zhang, M.-L. & Zhou, Z.-H. (2014). A review on multi-label learning algorithms. IEEE Transactions on"
    " Knowledge and Data Engineering, 26(8), 1819-1837.",
    "search": "Varma, S. & Simon, R. (2006). Bias in error estimation when using cross-validation for model selection."
    " BMC Bioinformatics, 7, 91.",
    "curve": "Perlich, C., Provost, F. & Simonoff, J. (2003). Tree induction vs. logistic regression: A learning-curve"
    " analysis. Journal of Machine Learning Research, 4, 211-255.",
    "importance": "Breiman, L. (2001). Random forests. Machine Learning, 45(1), 5-32.",
    "doubts": "Northcutt, C., Jiang, L. & Chuang, I. (2021). Confident learning: Estimating uncertainty in dataset"
    " labels. Journal of Artificial Intelligence Research, 70, 1373-1411.",
}


def metric_title(name: str) -> str:
    """What people call a metric."""
    titles = {
        "accuracy": tr("Accuracy"),
        "uar": tr("UAR"),
        "macro_f1": tr("Macro F1"),
        "micro_f1": tr("Micro F1"),
        "hamming": tr("Hamming loss"),
        "ccc": tr("CCC"),
        "pearson": tr("Pearson's r"),
        "rmse": tr("RMSE"),
        "cosine": tr("Cosine"),
        "kl": tr("KL divergence"),
    }
    return titles.get(name, name)


def _source(features: str) -> str:
    """Where the definitions of a feature set come from; nothing of a package is run to write a page."""
    package = package_of(features)
    return (
        clip_features(features).source if package is None else tr("The package {name}", name=package.module)
    )


def _told_of(features: str) -> str:
    if package_of(features) is not None:
        return _source(features)
    return tr(
        "{columns} values a segment; {source}",
        columns=len(clip_features(features).columns),
        source=_source(features),
    )


def paragraph(session: Session, trained: Trained) -> str:
    """How the figures came about, in the past tense, with citations."""
    options, evaluation = trained.options or {}, trained.evaluation
    model = MODELS[trained.model]
    n_tested = len(evaluation.predictions)
    with session.reading() as reader:
        keys = _group_keys(reader, trained.split)
    weights = (
        tr("classes weighed inversely to their frequency in the training data, where the model has weights")
        if options.get("class_weight") == "balanced"
        else tr("all segments counting alike")
    )
    sentences = [
        tr(
            '"{target}" was learned from the feature set {features} ({told}) by'
            " {model} ({library}), standardised on the training data alone where the model"
            " depends on scale.",
            target=trained.target, features=trained.heard, told=_told_of(trained.heard), model=model.title,
            library="PyTorch; Paszke et al., 2019" if model.network else "scikit-learn; Pedregosa et al., 2011",
        ),
        tr(
            'Figures are from the split "{split}", {parts} of which {n} segments were tested, no {keys} on both sides;'
            " {excluded} segments without a settled value were left out.",
            split=trained.split, parts=len(evaluation.folds), n=n_tested, excluded=trained.excluded,
            keys=", ".join(keys) or tr("group"),
        ),
    ]  # fmt: skip
    if evaluation.task in ("classification", "labels"):
        sentences.append(tr("Training was with {weights}.", weights=weights))
    if options.get("search"):
        sentences.append(
            tr(
                "Settings were chosen for each test part anew by grouped folds of its training side (nested"
                " cross-validation; Varma & Simon, 2006)."
            )
        )
    if trained.extra_rows:
        changes = [*options.get("augment", ())]
        if options.get("slice_seconds"):
            changes.append(tr("pieces of {seconds:g} s", seconds=options["slice_seconds"]))
        sentences.append(
            tr(
                "Training sides alone were enlarged by {n} copies ({changes}), each on the side of its segment.",
                n=trained.extra_rows, changes=", ".join(changes),
            )
        )  # fmt: skip
    sentences.append(
        tr(
            "95 % intervals are percentile intervals of {replicates} bootstrap resamples of whole groups among the"
            " tested segments (Efron & Tibshirani, 1993); the seed was {seed}.",
            replicates=options.get("replicates"), seed=options.get("seed"),
        )
    )  # fmt: skip
    return " ".join(sentences)


def _group_keys(reader: Reader, split: str) -> tuple[str, ...]:
    found = reader.splits(split)
    return found[0].group_keys if found else ()


def references(trained: Trained) -> list[str]:
    """The works that the report rests on."""
    wanted = {"pytorch" if MODELS[trained.model].network else "scikit-learn", "bootstrap"}
    for name, used in (
        ("uar", trained.evaluation.task == "classification"),
        ("ccc", trained.evaluation.task == "regression"),
        ("labels", trained.evaluation.task in ("labels", "shares")),
        ("search", bool((trained.options or {}).get("search"))),
        ("curve", bool(trained.evaluation.learning_curve)),
        ("importance", bool(trained.evaluation.importance)),
        ("doubts", bool(trained.label_errors)),
    ):
        if used:
            wanted.add(name)
    return [_source(trained.heard) + ".", *(t for k, t in _REFERENCES.items() if k in wanted)]


def limits(trained: Trained) -> list[str]:
    """What the figures cannot say."""
    found = [
        *trained.warnings,
        tr("The figures hold for sound like that of this corpus, and for the raters who gave its labels."),
        tr(
            "Intervals tell the doubt from the choice of tested groups, for the models as trained; not that from"
            " training on other data."
        ),
        tr(
            "One person against the others is scored against a consensus of one rater fewer, so the true ceiling lies a"
            " little higher."
        ),
        tr("The leaky random split is there as a warning; its figure is no result."),
    ]
    if trained.evaluation.learning_curve:
        found.append(
            tr("The outlook of the learning curve goes on in a straight line, which no curve does for long.")
        )
    if trained.evaluation.importance:
        found.append(
            tr(
                "Importance is that of this model: families that say the same stand in for one another, and"
                " neither then counts."
            )
        )
    if trained.label_errors:
        found.append(tr("A likely label error is a reason to listen again, not a correction."))
    return found
