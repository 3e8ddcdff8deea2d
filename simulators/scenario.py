"""Scenarios: a fleet, its faults, and what must or must not be said of them, read from TOML."""

import difflib
import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from monitor.core.decisions import Severity
from monitor.core.settings import Section
from simulators.cloud.spec import CloudSpec
from simulators.durations import Duration, Span
from simulators.faults import Fault
from simulators.faults.everyday import QUIET, EverydaySpec
from simulators.fleet import FleetSpec
from simulators.network import NetworkSpec
from simulators.people import NOBODY, PeopleSpec
from simulators.truth import Layer, Word

MONDAY_MORNING = datetime(2026, 1, 12, 6, 0, tzinfo=UTC)


class ScenarioError(ValueError):
    """A scenario cannot be read or does not fit together; the text says where and what is allowed."""


class Expectation(Section):
    """One line of `[[must_detect]]` or `[[must_not]]`. What is left out matches anything."""

    verdict: Word
    layer: Layer | None = None
    sign: Annotated[str | None, Field(description="of a welfare verdict: the alert that tells of it")] = None
    scope: dict[str, str] | None = None
    linked: Annotated[int | None, Field(ge=1, description="with so many other outages at least")] = None
    fault: Annotated[str | None, Field(description="name of the fault that it is about")] = None
    within: Annotated[Duration | None, Field(description="counted from the fault's beginning")] = None
    severity: Annotated[Severity | None, Field(description="of an alert about many")] = None
    ahead: Annotated[
        Span | None, Field(description="of a sign about a room: at the latest so long before it is down to 5 °C")
    ] = None
    at_most: Annotated[int | None, Field(ge=1, description="no more than so many of them")] = None
    alerts_at_most: Annotated[
        dict[str, Annotated[int, Field(ge=0)]],
        Field(description="by name, how often alerts may say in the whole run that they fire"),
    ] = {}  # noqa: RUF012 -- copied by pydantic


class Scenario(Section):
    """One file of `simulators/scenarios`."""

    name: str = "unnamed"
    title: str
    story: Annotated[str, Field(description="what happens and why it matters, for people")] = ""
    start: AwareDatetime = MONDAY_MORNING
    duration: Span
    fleet: FleetSpec = FleetSpec()
    network: NetworkSpec = NetworkSpec()
    everyday: EverydaySpec = QUIET
    people: PeopleSpec = NOBODY
    clouds: tuple[CloudSpec, ...] = ()
    faults: tuple[Fault, ...] = ()
    must_detect: tuple[Expectation, ...] = ()
    must_not: tuple[Expectation, ...] = ()

    @property
    def start_at(self) -> float:
        """The beginning in Unix seconds, whole."""
        return float(int(self.start.timestamp()))

    @model_validator(mode="after")
    def _expectations_name_known_faults(self) -> "Scenario":
        names = {fault.name for fault in self.faults if fault.name}
        for expectation in (*self.must_detect, *self.must_not):
            if expectation.fault is not None and expectation.fault not in names:
                known = ", ".join(sorted(names)) or "none"
                message = f"an expectation speaks of fault {expectation.fault!r}; named faults are {known}"
                raise ValueError(message)
        return self

    def resized(self, devices: int) -> "Scenario":
        """The same scenario with another number of devices."""
        return self.model_copy(update={"fleet": self.fleet.model_copy(update={"devices": devices})})


def shipped() -> tuple[str, ...]:
    """The names of all scenarios that come with the project."""
    folder = files("simulators") / "scenarios"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A shipped scenario by name, or any by the path of its file."""
    text = str(name_or_path)
    path = Path(text)
    if path.suffix == ".toml":
        try:
            return parse_scenario(path.read_text(encoding="utf-8"), name=path.stem, source=text)
        except OSError as error:
            raise ScenarioError(f"{text}: cannot be read: {error.strerror}") from error
    if text not in shipped():
        near = difflib.get_close_matches(text, shipped(), n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(shipped())}"
        raise ScenarioError(f"no scenario is called {text!r}{hint}")
    content = (files("simulators") / "scenarios" / f"{text}.toml").read_text(encoding="utf-8")
    return parse_scenario(content, name=text, source=f"{text}.toml")


def parse_scenario(content: str, *, name: str, source: str) -> Scenario:
    """A scenario from the text of its file."""
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{source}: not valid TOML: {error}") from error
    try:
        return Scenario.model_validate({"name": name, **data})
    except ValidationError as error:
        raise ScenarioError(_in_words(error, source)) from error


def _in_words(error: ValidationError, source: str) -> str:
    """Every mistake on its own line: file, key, value, and what is allowed."""
    lines = []
    for mistake in error.errors():
        key = ".".join(str(part) for part in mistake["loc"]) or "the scenario"
        given = mistake["input"]
        shown = "" if isinstance(given, dict | list) else f" (given {given!r})"
        text = mistake["msg"].removeprefix("Value error, ")
        lines.append(f"{source}: {key}: {_plain(mistake['type'], text)}{shown}")
    return "\n".join(lines)


def _plain(kind: str, text: str) -> str:
    if kind == "extra_forbidden":
        return "this key is not known here"
    if kind == "missing":
        return "this key is needed"
    return text
