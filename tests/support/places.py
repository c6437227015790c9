"""Where the project and the data of its tests lie."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "feedsvc"
SEEDS = ROOT / "seeds"
TESTS = ROOT / "tests"
DATA = TESTS / "data"
