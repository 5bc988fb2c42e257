"""How far raters agree, and what they say together: pure functions on `Ratings`.

`ratings` holds the input; `kappa`, `alpha` and `icc` the coefficients; `bootstrap` their intervals;
`pairwise` compares every rater with every other, with the rest and with themselves; `disagreement` finds the
units to listen to again; `consensus` settles values; `report` puts all figures of one item together and
`summary` says in words what they mean.
"""
