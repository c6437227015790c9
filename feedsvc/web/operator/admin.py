"""The operator's addresses: how it goes, and a refresh now."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from importlib.metadata import version

from flask import Blueprint, Flask, Response, render_template, request
from markupsafe import Markup

from feedsvc.errors import StoreError
from feedsvc.model import Problem, Publication
from feedsvc.web.answers.snapshots import CurrentSnapshot
from feedsvc.web.operator.auth import Door
from feedsvc.web.replies import CORS, NOSNIFF, PREFLIGHT, Headers, Reply, text, unavailable
from feedsvc.web.settings import WebSettings
from feedsvc.web.threads import Loop

_MOST_SHOWN = 500  # problems
_MOST_PUBLICATIONS = 10
_VERSION = version("feedsvc")

_STYLE = Markup("""
:root { color-scheme: light dark }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem; font: 1.05rem/1.6 system-ui, sans-serif }
body { overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem }
dd { margin: 0 }
th, td { padding: .25rem 1.5rem .25rem 0; text-align: left; vertical-align: top }
.alert { border-left: .3rem solid #c33; padding-left: 1rem }
""")
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()

# Nothing of the page may load, run, frame or be framed; its style is the one above.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_PRIVATE: Headers = [
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", _POLICY),
    ("Referrer-Policy", "no-referrer"),
    NOSNIFF,
    ("X-Robots-Tag", "noindex"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How it goes, for the operator; as JSON, the names are part of what programs rely on.

    Attributes:
        version: Of feedsvc.
        published: When the newest document was, in RFC 3339; None before the first.
        store: Why the store cannot be reached; None if it can. While it cannot,
            the rest is what is in memory, and what is not is None.
        trouble: What hinders the publisher; None if nothing does.
        problems: The first 500, errors before warnings.
        problems_total: How many there are.
        publications: The last 10, the newest first.
    """

    version: str
    generation: int
    published: str | None
    documents: int
    media: int
    store: str | None
    trouble: str | None
    problems_total: int | None
    problems: Sequence[Problem] | None
    publications: Sequence[Publication] | None


def add_admin(
    app: Flask, current: CurrentSnapshot, settings: WebSettings, loops: Sequence[Loop] = ()
) -> None:
    """Add the operator's addresses; without an admin token there are none.

    Args:
        loops: The threads of this worker, whose age `/metrics` tells.
    """
    if settings.admin_token is None:
        return
    admin = Blueprint("admin", __name__)
    admin.before_request(Door(settings.admin_token, url=settings.url))
    _add_status(admin, current)
    _add_metrics(admin, current, loops)
    _add_refresh(admin, current)
    app.register_blueprint(admin)
    _keep_private(app, frozenset(r.rule for r in app.url_map.iter_rules() if r.endpoint.startswith("admin.")))


def find_status(current: CurrentSnapshot) -> Status:
    """Return how it goes, from memory as far as the store cannot say."""
    snapshot = current().snapshot
    trouble = gone = problems = publications = None
    try:
        trouble = current.reader.health()
        problems = sorted(current.reader.problems(), key=lambda problem: problem.severity)
        publications = current.reader.publications()[:_MOST_PUBLICATIONS]
    except StoreError as error:
        gone = str(error)
    published = max((document.last_modified for document in snapshot.documents.values()), default=None)
    return Status(
        version=_VERSION,
        generation=snapshot.generation,
        published=None if published is None else published.isoformat(),
        documents=len(snapshot.documents),
        media=snapshot.files,
        store=gone,
        trouble=trouble,
        problems_total=None if problems is None else len(problems),
        problems=None if problems is None else problems[:_MOST_SHOWN],
        publications=publications,
    )


def _add_status(admin: Blueprint, current: CurrentSnapshot) -> None:
    @admin.get("/status")
    def status() -> Response:
        page = render_template("status.html", status=find_status(current), style=_STYLE)
        return Response(page, mimetype="text/html")

    @admin.get("/status.json")
    def status_json() -> Response:
        found = json.dumps(asdict(find_status(current)), default=datetime.isoformat)
        return Response(found, mimetype="application/json")


def _add_metrics(admin: Blueprint, current: CurrentSnapshot, loops: Sequence[Loop]) -> None:
    @admin.get("/metrics")
    def metrics() -> Response:
        from feedsvc.web.operator.metrics import render_metrics  # no worker needs it that nobody scrapes

        found = render_metrics(current, loops=loops)
        return Response(found, content_type="text/plain; version=0.0.4; charset=utf-8")


def _add_refresh(admin: Blueprint, current: CurrentSnapshot) -> None:
    @admin.post("/refresh")
    def refresh() -> Reply:
        try:
            current.reader.ask()
        except StoreError:
            return unavailable("The store cannot be reached just now, so nobody was asked. Please try again.")
        asked = "A refresh has been asked for."
        if _is_a_persons_form():
            return text(asked, HTTPStatus.SEE_OTHER, [("Location", "status")])
        return text(asked, HTTPStatus.ACCEPTED)


def _is_a_persons_form() -> bool:
    """Return whether a browser has sent a form; webhooks send forms too, but accept anything."""
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    return is_form and "text/html" in request.accept_mimetypes.values()


def _keep_private(app: Flask, addresses: frozenset[str]) -> None:
    """Let no other site and no cache read what *addresses* answer, refusals included."""

    @app.after_request
    def withhold(response: Response) -> Response:
        if request.path in addresses:
            for name, _ in (*CORS, *PREFLIGHT):
                response.headers.pop(name, None)
            response.headers.update(_PRIVATE)
        return response
