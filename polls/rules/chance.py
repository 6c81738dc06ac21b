"""How likely chance alone explains what was counted."""

from collections.abc import Hashable, Mapping
from math import erfc, exp, log, pi, sqrt


def g_test(one: Mapping[Hashable, int], other: Mapping[Hashable, int]) -> float:
    """How likely two samples of one population differ as much in their mix as these do: 0 to 1.

    The G-test of homogeneity: G = 2 sum O ln(O / E), with Williams' correction, against chi-square
    with one degree of freedom less than there are kinds (Sokal and Rohlf, "Biometry", 17.4). 1 when
    either is empty or both hold a single kind: then nothing can differ.
    """
    kinds = [kind for kind in {**one, **other} if one.get(kind, 0) + other.get(kind, 0)]
    rows = [[sample.get(kind, 0) for kind in kinds] for sample in (one, other)]
    sizes = [sum(row) for row in rows]
    total = sum(sizes)
    if len(kinds) < 2 or not all(sizes):
        return 1.0
    columns = [sum(pair) for pair in zip(*rows, strict=True)]
    g = 2 * sum(
        seen * log(seen * total / (size * column))
        for row, size in zip(rows, sizes, strict=True)
        for seen, column in zip(row, columns, strict=True)
        if seen
    )
    freedom = len(kinds) - 1
    spread = (total * sum(1 / n for n in sizes) - 1) * (total * sum(1 / n for n in columns) - 1)
    return chi_square_tail(g / (1 + spread / (6 * total * freedom)), freedom)


def chi_square_tail(x: float, freedom: int) -> float:
    """The chance that a chi-square of `freedom` (1 or more) is `x` or more.

    The finite sums of Abramowitz and Stegun 26.4.4 (odd) and 26.4.5 (even).
    """
    if x <= 0:
        return 1.0
    is_odd = freedom % 2 == 1
    term = sqrt(2 * x / pi) * exp(-x / 2) if is_odd else exp(-x / 2)
    tail = erfc(sqrt(x / 2)) if is_odd else 0.0
    for divisor in range(freedom % 2 + 2, freedom + 2, 2):
        tail += term
        term *= x / divisor
    return min(1.0, tail)
