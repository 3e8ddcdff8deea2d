"""Everything that was said, as an Atom feed: for readers of news, chat rooms and whoever wants no e-mail."""

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Request, Response

from monitor.core.publication.page import STAGE_WORDS, PublicIncident, PublicUpdate
from monitor.web.public.pages import CACHED, address_of
from monitor.web.public.state import Public

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
MOST_ENTRIES = 50

router = APIRouter(include_in_schema=False)


@router.get("/status/feed.atom")
async def feed(request: Request, public: Public) -> Response:
    """The last words, the newest first."""
    page, address = public.page(), address_of(request, public)
    said = [(each, update) for each in (*page.incidents, *page.planned, *page.past) for update in each.updates]
    newest = sorted(said, key=lambda pair: -pair[1].at)[:MOST_ENTRIES]
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _text(root, "title", f"{public.settings.name}: status")
    _text(root, "id", address)
    SubElement(root, "link", {"rel": "self", "href": f"{address}/feed.atom"})
    SubElement(root, "link", {"rel": "alternate", "href": address})
    _text(root, "updated", _moment(newest[0][1].at if newest else 0.0))
    author = SubElement(root, "author")
    _text(author, "name", public.settings.name)
    for incident, update in newest:
        _entry(root, address, incident, update)
    return Response(tostring(root, "utf-8", xml_declaration=True), media_type=MEDIA_TYPE, headers=CACHED)


def _entry(root: Element, address: str, incident: PublicIncident, update: PublicUpdate) -> None:
    entry = SubElement(root, "entry")
    _text(entry, "id", f"{address}/incidents/{incident.id}#{update.id}")
    _text(entry, "title", f"{STAGE_WORDS[update.stage]}: {incident.title}")
    _text(entry, "published", _moment(update.at))
    _text(entry, "updated", _moment(update.at))
    SubElement(entry, "link", {"rel": "alternate", "href": f"{address}/incidents/{incident.id}"})
    _text(entry, "content", update.body)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
