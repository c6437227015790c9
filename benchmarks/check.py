"""How long `check` and `list` take, as real commands.

The peer is the naive feed builder of refresh.py on the same folder, in the
same run, in turns; figures are medians.

    python benchmarks/check.py [ARTICLES] [ROUNDS]
"""

import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from refresh import fill, naive, seconds


def main() -> None:
    """Measure, and print a Markdown table."""
    articles, rounds = (int(a) for a in (*sys.argv[1:], "10000", "3")[:2])
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "articles"
        fill(root, articles)
        for _ in range(rounds):
            times.setdefault("peer: frontmatter + feedgen", []).append(seconds(lambda: naive(root)))
            for command in ("check", "list"):
                times.setdefault(command, []).append(seconds(partial(run, command, root)))
    peer = median(times["peer: frontmatter + feedgen"])
    print(f"{articles} articles, {rounds} rounds, {platform.machine()}, {os.cpu_count()} cores,")
    print(f"Python {platform.python_version()}, {datetime.now(UTC).date().isoformat()}\n")
    print("| what | seconds | ratio to the peer |\n|---|---|---|")
    for what, each in times.items():
        print(f"| {what} | {median(each):.2f} | {median(each) / peer:.2f} |")


def run(command: str, root: Path) -> None:
    """Run a command of feedsvc to its end."""
    subprocess.run([sys.executable, "-m", "feedsvc", command, root], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
