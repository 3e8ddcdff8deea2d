"""What the API says of public updates."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from monitor.core.publication.bulletins import Condition, Impact, Stage
from monitor.core.publication.components import Capability
from monitor.web.api.models import Model, Moment

Name = Annotated[str, Field(max_length=64)]


class WaitingBody(Model):
    """Something that the public must hear of, or a draft of something else."""

    id: str
    title: str
    since: Annotated[float | None, Field(description="since when it is so, Unix seconds; null for a mere draft")] = None
    said_at: Annotated[float | None, Field(description="when the public last heard of it, Unix seconds")] = None
    due_at: Annotated[float | None, Field(description="when the next word is due, Unix seconds")] = None
    overdue_seconds: float = 0.0
    incidents: list[str] = Field(default_factory=list)
    edited_by: Annotated[str, Field(description="who worked on the next word; empty for a suggestion")] = ""


class WaitingList(Model):
    """What is to be said."""

    items: list[WaitingBody]


class DraftBody(Model):
    """The next word, complete."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    title: Annotated[str, Field(max_length=150, description="in a few words, what does not work")]
    stage: Stage
    body: Annotated[str, Field(max_length=5000, description="plain text; an empty line begins a paragraph")]
    conditions: Annotated[
        dict[Name, Condition], Field(max_length=200, description="how each component named is, by its id")
    ] = Field(default_factory=dict)
    incidents: Annotated[list[Name], Field(max_length=50, description="the incidents that it speaks of")] = Field(
        default_factory=list
    )
    audience: Annotated[
        str, Field(max_length=64, description="the tenant whose subscribers alone hear it; empty for the public")
    ] = ""
    planned_from: Annotated[float | None, Field(description="when planned work begins, Unix seconds")] = None
    planned_until: Annotated[float | None, Field(description="when planned work ends, Unix seconds")] = None

    @model_validator(mode="after")
    def _plan_is_whole(self) -> "DraftBody":
        if (self.planned_from is None) != (self.planned_until is None):
            raise ValueError("give planned_from and planned_until together, or neither")
        return self


class UpdateShown(Model):
    """One word that was said, and by whom."""

    id: str
    at: Moment
    stage: Stage
    body: str
    conditions: dict[str, Condition]
    author: str


class DraftShown(DraftBody):
    """The next word, and what was said so far."""

    id: str
    edited_by: str
    objections: Annotated[list[str], Field(description="why it cannot be published; empty if it can")]
    said: list[UpdateShown]


class BulletinBody(Model):
    """What was published."""

    id: str
    title: str
    impact: Impact
    open: bool
    updates: list[UpdateShown]


class ComponentBody(Model):
    """One component of the public page."""

    id: str
    capability: Capability
    name: str
    provider: str
    region: str
    condition: Condition
    by_people: Annotated[bool, Field(description="whether a person published its condition")]


class ComponentList(Model):
    """The components of the public page."""

    items: list[ComponentBody]
