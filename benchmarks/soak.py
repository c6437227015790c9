"""Whether it holds: many connections, news every two seconds, and slow ones that are in nobody's way.

200 connections poll, some with validators, some without, in each coding, and
check that each body has the ETag it comes with; 500 more send a request at
the rate of a byte a second.

    python benchmarks/soak.py [SECONDS]
"""

import asyncio
import gzip
import sys
import tempfile
from collections import Counter
from hashlib import blake2b
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import serve

CONNECTIONS, SLOW = 200, 500
SECONDS_BETWEEN_NEWS = 2


class Soak:
    """What was seen."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.statuses = Counter[int]()
        self.errors = Counter[str]()
        self.waits: list[float] = []
        self.etags: set[str] = set()
        self.closed = 0
        self.over = asyncio.Event()

    async def poll(self, number: int) -> None:
        """Poll over one connection, as one of several kinds of client."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        path = ("/rss.xml", "/atom.xml", "/feed.json", "/", "/categories/news/rss.xml")[number % 5]
        coded, conditional = number % 2 == 0, number % 3 != 0
        etag = ""
        while not self.over.is_set():
            lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
            lines += ["Accept-Encoding: gzip"] * coded
            lines += [f"If-None-Match: {etag}"] * bool(conditional and etag)
            begun = perf_counter()
            writer.write("\r\n".join([*lines, "", ""]).encode())
            try:
                etag = await self._read(reader)
            except Exception as error:
                self.errors[repr(error)] += 1
                return
            self.waits.append((perf_counter() - begun) * 1000)
            await asyncio.sleep(0.02)
        writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> str:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        status = int(head[0].split()[1])
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.statuses[status] += 1
        etag = headers["etag"]
        if status == 200:
            plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
            digest = blake2b(plain, digest_size=16).hexdigest()
            assert etag == f'w/"{digest}"', "a body that is not its ETag's"
            self.etags.add(digest)
        return etag

    async def dawdle(self) -> None:
        """Send requests a byte a second, again and again, whatever becomes of them."""
        while not self.over.is_set():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                for byte in b"GET /rss.xml HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 10_000:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(1)
            except OSError:  # the server has had enough
                self.closed += 1


def main() -> None:
    """Soak, and print what was seen."""
    seconds = int([*sys.argv[1:], "300"][0])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        site = serve.fill(place / "site")
        run = str(Path(sys.executable).with_name("feedsvc"))
        with serve.running(lambda port: [run, "serve", str(site), "--port", str(port)], place) as server:
            asyncio.run(soak(site, server, seconds))


async def soak(site: Path, server: serve.Contender, seconds: int) -> None:
    """Let all of them run for some seconds."""
    seen = Soak(int(server.url.split(":")[2].partition("/")[0]))
    tasks = [asyncio.create_task(seen.poll(number)) for number in range(CONNECTIONS)]
    tasks += [asyncio.create_task(seen.dawdle()) for _ in range(SLOW)]
    memory = []
    for number in range(seconds // SECONDS_BETWEEN_NEWS):
        (site / "news.md").write_text(
            f"---\ntitle: News\ncategories: News\ndate: 2026-02-01\n---\n{number}\n"
        )
        await asyncio.sleep(SECONDS_BETWEEN_NEWS)
        memory.append(serve.megabytes(server.process))
    seen.over.set()
    await asyncio.sleep(1.5)
    for task in tasks:
        task.cancel()
    cuts = quantiles(seen.waits, n=1000)
    parts = [memory[len(memory) * part // 3] for part in (0, 1, 2)]
    print(f"{seconds} s, {CONNECTIONS} connections poll, {SLOW} dawdle, news every {SECONDS_BETWEEN_NEWS} s")
    print(f"polls: {len(seen.waits):,}, by status {dict(sorted(seen.statuses.items()))}")
    print(f"errors: {dict(seen.errors) or 'none'}; different bodies: {len(seen.etags):,}")
    print(f"dawdlers cut off: {seen.closed:,}")
    print(f"ms: p50 {cuts[499]:.1f}, p99 {cuts[989]:.1f}, p99.9 {cuts[998]:.1f}, most {max(seen.waits):.1f}")
    print(f"MB at the beginning of each third, and at the end: {[*map(round, [*parts, memory[-1]])]}")


if __name__ == "__main__":
    main()
