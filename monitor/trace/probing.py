"""The line of a probe's result, to and from the result itself."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.core.probing.results import Capability, Fact, ProbeResult, Subject, Verdict


class ProbeLineError(ValueError):
    """A line that is no result of a probe; says what it must be."""


class _About(BaseModel):
    model_config = ConfigDict(strict=True)

    scope: dict[str, str] = Field(default_factory=dict)
    channel: str = ""
    control: bool = False
    page: bool = False
    capability: Capability = "device_telemetry"


class _Line(BaseModel):
    model_config = ConfigDict(strict=True)

    probe: Annotated[str, Field(min_length=1, max_length=64)]
    type: str = ""
    about: _About
    verdict: Verdict
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    statement: str = ""
    facts: dict[str, Fact] = Field(default_factory=dict)
    fresh_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 600.0


def write_probe(result: ProbeResult) -> Mapping[str, Any]:
    """The fields of a result's line."""
    fields = asdict(result)
    return {"at": fields.pop("at"), "probe": fields.pop("probe"), "type": fields.pop("kind"), **fields}


def read_probe(at: float, line: Mapping[str, Any]) -> ProbeResult:
    """The result that a line tells of. Raises ProbeLineError."""
    try:
        read = _Line.model_validate(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ProbeLineError(f'"{place}" of a probe: {first["msg"]}') from None
    about = Subject(**read.about.model_dump())
    return ProbeResult(
        read.probe, at, read.type, about, read.verdict, read.seconds, read.statement, read.facts, read.fresh_seconds
    )
