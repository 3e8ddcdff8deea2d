"""Pages from templates. Everything put into one is escaped."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor.core.decisions import Incident
from monitor.core.sentences import scope_name, time_of_day
from monitor.core.words import certainty, count, share, spell
from monitor.web.markdown import to_html
from monitor.web.plots import column
from monitor.web.readings import reading_name, reading_value

HERE = Path(__file__).parent
HOUR_SECONDS = 3600.0
NO_HURRY_HOURS = 48.0


@cache
def environment() -> Environment:
    """All templates, with the filters they use."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "body_name": body_name,
        "capitalize_first": capitalize_first,
        "certainty": certainty,
        "count": count,
        "incident_title": title_of,
        "markdown": to_html,
        "moment": moment,
        "per_cent": per_cent,
        "reading_name": reading_name,
        "reading_value": lambda value, name: reading_value(value, name, moment),
        "soon": soon,
        "time_of_day": time_of_day,
        "spell": spell,
        "thousands": thousands,
        "type_name": type_name,
    }
    made.globals |= {"column": column, "scope_name": scope_name, "share": share}
    return made


def render(template: str, **values: object) -> str:
    """A template as text."""
    return environment().get_template(template).render(values)


def respond(template: str, **values: object) -> HTMLResponse:
    """A template as a response."""
    return HTMLResponse(render(template, **values))


def moment(at: float) -> Markup:
    """A moment, in full and in UTC; on a live page a script says how long ago that is instead."""
    written = datetime.fromtimestamp(at, UTC)
    return Markup('<time datetime="{}" data-at="{}">{}</time>').format(
        written.isoformat(timespec="seconds"), f"{at:.0f}", written.strftime("%Y-%m-%d %H:%M:%S UTC")
    )


def thousands(number: float) -> str:
    """A whole number with separators."""
    return f"{number:,.0f}"


def per_cent(ratio: float) -> str:
    """A ratio in per cent, cut off rather than rounded up."""
    return f"{int(ratio * 1000) / 10:g} %"


def title_of(incident: Incident) -> str:
    """What an incident is called, to stand within a sentence."""
    if incident.kind != "outage" and incident.summary:
        return incident.summary
    return scope_name(incident.layer, incident.scope)


def soon(hours: float) -> str:
    """How much time is left until somebody is harmed."""
    if hours <= 0:
        return "now"
    return f"within {spell(hours * HOUR_SECONDS)}" if hours < NO_HURRY_HOURS else "not soon"


def capitalize_first(text: str) -> str:
    """The text with its first letter capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def type_name(schema: Mapping[str, Any]) -> str:
    """The type of an API parameter in words."""
    if "anyOf" in schema:
        return " or ".join(type_name(each) for each in schema["anyOf"] if each.get("type") != "null")
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"any of {type_name(schema['items'])}"
    name = str(schema.get("type", "any"))
    return {"string": "text", "boolean": "true, false"}.get(name, name)


def body_name(body: Mapping[str, Any]) -> str:
    """The model of an API operation's JSON body."""
    reference: str = body["content"]["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]
