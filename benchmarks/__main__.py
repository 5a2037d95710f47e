"""``python -m benchmarks``: measure and print; nothing here is ever asserted. See docs/performance.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks import campaigns, data, exports, figures, growth, imports, lists, postgres, saves

SIZES = (10_000, 50_000, 260_000, 1_000_000)
ENGINES: dict[str, tuple[str, Callable[[int], str]]] = {"sqlite": ("SQLite", data.sqlite), "postgresql": ("PostgreSQL", data.postgresql)}
PARTS = ("lists", "exports", "growth", "imports", "saves", "results", "figures")
IMPORTED = 30_000  # rows of a sheet


def main() -> None:
    asked = _arguments()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a table as soon as it is measured
    try:
        for engine in asked.engines:
            _engine(asked, *ENGINES[engine])
        if "imports" in asked.parts:
            imports.measure([IMPORTED], IMPORTED, peers=asked.peers, postgresql="postgresql" in asked.engines, rounds=min(2, asked.rounds))
    finally:
        if "postgresql" in asked.engines:
            postgres.stop(data.ROOT)


def _engine(asked: argparse.Namespace, name: str, made: Callable[[int], str]) -> None:
    try:
        url = made(asked.children)
    except postgres.Unavailable as why:
        print(f"{name} was left out: {why}")
        return
    sizes = [size for size in SIZES if size <= asked.children]
    options = {"peers": asked.peers, "rounds": asked.rounds}
    if "lists" in asked.parts:
        lists.measure(asked.children, url, name, **options)
    if "figures" in asked.parts:
        figures.measure(asked.children, url, name, asked.rounds)
    if "exports" in asked.parts:
        exports.measure(sizes, made, name, peers=asked.peers, rounds=min(3, asked.rounds))
    if "saves" in asked.parts:
        saves.measure(asked.children, made, name, min(3, asked.rounds))
    if "results" in asked.parts:
        campaigns.measure(made, name, min(3, asked.rounds))
    if "growth" in asked.parts and len(sizes) > 1:
        growth.measure(sizes, made, name, asked.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--children", type=int, choices=SIZES, default=SIZES[0], help="children of the county (default: %(default)s)")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender is asked in turn (default: %(default)s)")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="ours and the floor alone")
    return parser.parse_args()


if __name__ == "__main__":
    main()
