"""The same page over counties of growing size: it should cost the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks import lists
from benchmarks.cases import cases
from benchmarks.contender import Contender, in_rounds, ratio
from benchmarks.report import table

OPERATIONS = ("list", "deep", "filtered", "name", "home", "roll-up")


def measure(sizes: Sequence[int], made: Callable[[int], str], engine: str, rounds: int) -> None:
    """Print one line a size, all sizes asked in turn."""
    urls = {size: made(size) for size in sizes}
    for size in sizes:
        cases(size)
    running = [lists.own("ours", size, url) for size, url in urls.items()]
    try:
        lines = [[f"{size:,}"] for size in sizes]
        for operation in OPERATIONS:
            results = in_rounds([(one, f"county {operation}") for one in running], rounds)
            for line, result in zip(lines, results, strict=True):
                line.append(f"{result.ms:.1f} (× {ratio(results[0], result):.2f})")
    finally:
        _close(running)
    print(table(f"{engine}: growth, county account (ms)", ["children", *OPERATIONS], lines))


def _close(running: Sequence[Contender]) -> None:
    for contender in running:
        contender.close()
