"""How long a site of 10,000 articles takes from nothing, beside the generators it comes from.

One folder, a Hugo site whose articles are of the seeds' kind; `feedsvc build`
and `hugo` take turns at it, each a fresh process with nothing remembered.
feedsvc writes RSS, Atom and JSON Feed of everything and of each category, Hugo
its pages and RSS. Jekyll and Pelican, where they are installed, get the same
articles in their own layout, once.

    python benchmarks/build.py [ARTICLES] [ROUNDS]
"""

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

SEEDS = Path(__file__).parents[1] / "seeds"
CATEGORIES = ("News", "경제", "Sport", "과학", "Culture", "여행", "Food", "건강", "Games", "기술")
FIRST = datetime(2020, 1, 1, tzinfo=UTC)

HUGO = """\
baseURL = "https://example.org/"
title = "Benchmark"
languageCode = "ko"
disableKinds = ["sitemap"]
[markup.goldmark.renderer]
unsafe = true
[taxonomies]
category = "categories"
"""
SINGLE = "<!doctype html><title>{{ .Title }}</title><h1>{{ .Title }}</h1>{{ .Content }}"
LIST = "<!doctype html><title>{{ .Title }}</title>{{ range first 30 .Pages }}<p>{{ .Permalink }}{{ end }}"

JEKYLL = """\
url: https://example.org
title: Benchmark
lang: ko
permalink: pretty
plugins: [jekyll-feed]
"""
PELICAN = """\
SITENAME = "Benchmark"
SITEURL = "https://example.org"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "ko"
FEED_ALL_RSS = "feeds/all.rss.xml"
"""


def main() -> None:
    """Measure, and print a Markdown table."""
    articles, rounds = (int(a) for a in (*sys.argv[1:], *("10000", "5")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        turns, once = commands(place, articles)
        times: dict[str, list[float]] = {name: [] for name in turns}
        for _ in range(rounds):
            for name, command in turns.items():
                times[name].append(seconds(place, command))
        medians = {name: median(taken) for name, taken in times.items()}
        medians |= {f"{name}, one round": seconds(place, command) for name, command in once.items()}
    print(f"{articles} articles, {rounds} rounds, {platform.machine()}, Python {platform.python_version()},")
    print(f"{', '.join(map(version, ('hugo', 'jekyll', 'pelican')))}, {datetime.now(UTC).date()}\n")
    print("| what | seconds | ratio to Hugo |\n|---|---|---|")
    for name, taken in medians.items():
        print(f"| {name} | {taken:.2f} | {taken / medians['hugo']:.2f} |")


Command = Callable[[Path], list[str]]


def commands(place: Path, articles: int) -> tuple[Mapping[str, Command], Mapping[str, Command]]:
    """Return what takes turns, and what runs once, each by name; writes their sites."""
    site = hugo_site(place / "hugo", articles)
    turns: dict[str, Command] = {
        "feedsvc build": lambda out: [*feedsvc(), "build", str(site), "--out", str(out), "--quiet"],
        "hugo": lambda out: ["hugo", "--quiet", "--source", str(site), "--destination", str(out)],
    }
    once: dict[str, Command] = {}
    if shutil.which("jekyll"):
        posts = jekyll_site(place / "jekyll", articles)
        once["jekyll with jekyll-feed"] = lambda out: [
            *("jekyll", "build", "--quiet", "--disable-disk-cache", "--source", str(posts)),
            *("--destination", str(out)),
        ]
    if shutil.which("pelican"):
        own = pelican_site(place / "pelican", articles)
        settings = str(own / "pelicanconf.py")
        once["pelican"] = lambda out: ["pelican", str(own / "content"), "-s", settings, "-o", str(out), "-q"]
    return turns, once


def feedsvc() -> list[str]:
    """Return the command that is installed beside this Python."""
    return [str(Path(sys.executable).with_name("feedsvc"))]


def seconds(place: Path, command: Command) -> float:
    """Return how long *command* takes, with nothing left from before."""
    out = place / "out"
    for left in (out, *place.glob("*/.feedsvc"), *place.glob("*/resources")):
        shutil.rmtree(left, ignore_errors=True)
    start = perf_counter()
    subprocess.run(command(out), cwd=place, check=True, stdout=subprocess.DEVNULL)
    taken = perf_counter() - start
    assert any(out.rglob("*.xml")), "no feed was written"
    return taken


def hugo_site(root: Path, articles: int) -> Path:
    """Write a Hugo site: one folder of articles, and the least of layouts."""
    write(root / "hugo.toml", HUGO)
    write(root / "config.toml", HUGO)  # Hugo before 0.110 knows no other
    write(root / "feedsvc.toml", '[feeds]\npages = false\nby = ["category"]\n')
    write(root / "layouts/_default/single.html", SINGLE)
    write(root / "layouts/_default/list.html", LIST)
    for number in range(articles):
        write(root / f"content/posts/{number:05}.md", headed(number, f"date: {moment(number).isoformat()}"))
    return root


def jekyll_site(root: Path, articles: int) -> Path:
    """Write a Jekyll site of the same articles."""
    write(root / "_config.yml", JEKYLL)
    for number in range(articles):
        name = f"_posts/{moment(number):%Y-%m-%d}-{number:05}.md"
        write(root / name, headed(number, f"date: {moment(number):%Y-%m-%d %H:%M:%S +0000}"))
    return root


def pelican_site(root: Path, articles: int) -> Path:
    """Write a Pelican site of the same articles."""
    write(root / "pelicanconf.py", PELICAN)
    for number in range(articles):
        _, _, body = seed(number).split("---\n", 2)
        category = CATEGORIES[number % len(CATEGORIES)]
        head = f"Title: Article {number}\nDate: {moment(number):%Y-%m-%d %H:%M}\nCategory: {category}\n\n"
        write(root / f"content/{number:05}.md", head + body)
    return root


def headed(number: int, date: str) -> str:
    """Return an article with a date, and a category of its own."""
    _, head, body = seed(number).split("---\n", 2)
    category = CATEGORIES[number % len(CATEGORIES)]
    kept = [line for line in head.splitlines() if line.strip() not in ("categories:", "- News")]
    return "\n".join(("---", date, f"categories: [{category}]", *kept, "---", body))


def seed(number: int) -> str:
    """Return the text of one of the seeds."""
    texts = sorted(SEEDS.glob("*.txt"))
    return texts[number % len(texts)].read_text(encoding="utf-8")


def moment(number: int) -> datetime:
    """Return when an article was published: each an hour after the one before."""
    return FIRST + timedelta(hours=number)


def write(file: Path, text: str) -> None:
    """Write a file, and the folders it lies in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def version(program: str) -> str:
    """Return what a program calls itself."""
    if not shutil.which(program):
        return f"no {program}"
    asked = "version" if program == "hugo" else "--version"
    told = subprocess.run([program, asked], check=True, capture_output=True, text=True).stdout
    return " ".join(told.split()[:2]) if program != "pelican" else f"pelican {told.strip()}"


if __name__ == "__main__":
    main()
