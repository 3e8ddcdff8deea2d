"""The words: what the public reads of one trouble, and what will be said next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Condition = Literal["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"]
"""How a component is, in the words of Statuspage, which many programs read."""
CONDITIONS: tuple[Condition, ...] = (
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "major_outage",
)
"""The better before the worse."""

Stage = Literal["investigating", "identified", "monitoring", "resolved", "scheduled", "in_progress", "completed"]
"""Where a trouble stands; the last three are those of planned work."""
STAGES: tuple[Stage, ...] = ("investigating", "identified", "monitoring", "resolved")
PLANNED_STAGES: tuple[Stage, ...] = ("scheduled", "in_progress", "completed")
LAST_STAGES: frozenset[Stage] = frozenset({"resolved", "completed"})

Impact = Literal["none", "minor", "major", "critical"]
IMPACTS: Mapping[Condition, Impact] = {
    "operational": "none",
    "under_maintenance": "none",
    "degraded_performance": "minor",
    "partial_outage": "major",
    "major_outage": "critical",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """When planned work is done, Unix seconds."""

    starts_at: float
    ends_at: float


@dataclass(frozen=True, slots=True)
class Draft:
    """What could be said next of a trouble: complete, so that what an operator saw is what is published.

    `conditions` are by component id. `incidents` are those that it speaks of; `audience` is the tenant whose
    subscribers alone hear it, empty for the public. `edited_by` is empty while it is only a suggestion.
    """

    title: str
    stage: Stage
    body: str
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    incidents: tuple[str, ...] = ()
    audience: str = ""
    plan: Plan | None = None
    edited_by: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """One word that was said, Unix seconds. `author` never leaves the house."""

    id: str
    at: float
    stage: Stage
    body: str
    conditions: Mapping[str, Condition]
    author: str


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What was said of one trouble, the first word first."""

    id: str
    title: str
    started_at: float
    updates: tuple[Update, ...]
    incidents: tuple[str, ...] = ()
    audience: str = ""
    plan: Plan | None = None

    @property
    def latest(self) -> Update:
        """The last word."""
        return self.updates[-1]

    @property
    def open(self) -> bool:
        """Whether more is to be said."""
        return self.latest.stage not in LAST_STAGES

    @property
    def resolved_at(self) -> float | None:
        """When it was said to be over."""
        return None if self.open else self.latest.at

    @property
    def components(self) -> tuple[str, ...]:
        """Every component that any word of it names."""
        return tuple(dict.fromkeys(component for update in self.updates for component in update.conditions))

    @property
    def impact(self) -> Impact:
        """The worst that was said of any component."""
        return impact_of(condition for update in self.updates for condition in update.conditions.values())


@dataclass(frozen=True, slots=True)
class UpdateDrafted:
    """An operator worked on the next word of a trouble."""

    bulletin: str
    at: float
    author: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class DraftDropped:
    """An operator threw the draft away; the suggestion stands again."""

    bulletin: str
    at: float
    author: str


@dataclass(frozen=True, slots=True)
class UpdatePublished:
    """An operator said it."""

    bulletin: str
    at: float
    author: str
    draft: Draft


PublicAct = UpdateDrafted | DraftDropped | UpdatePublished


@dataclass(frozen=True, slots=True)
class BulletinChanged:
    """A word was said. Whoever subscribed is owed it."""

    at: float
    bulletin: Bulletin


@dataclass(frozen=True, slots=True)
class DraftChanged:
    """An edited draft was put down or thrown away."""

    at: float
    bulletin: str
    author: str


@dataclass(frozen=True, slots=True)
class ConditionChanged:
    """The public reads something else of a component from now on."""

    at: float
    component: str
    condition: Condition
    previous: Condition


PublicDecision = BulletinChanged | DraftChanged | ConditionChanged


def worst(*conditions: Condition) -> Condition:
    """The worst of them; operational if there is none."""
    return max(conditions, key=CONDITIONS.index, default="operational")


def impact_of(conditions: "Mapping[str, Condition] | object") -> Impact:
    """The impact of what is said of components."""
    values = conditions.values() if isinstance(conditions, Mapping) else conditions
    return IMPACTS[worst(*values)]  # type: ignore[misc]


def spoken(known: Bulletin | None, act: UpdatePublished) -> Bulletin:
    """The bulletin with one more word."""
    draft = act.draft
    number = len(known.updates) + 1 if known else 1
    said = Update(f"{act.bulletin}-{number}", act.at, draft.stage, draft.body, dict(draft.conditions), act.author)
    if known is None:
        return Bulletin(act.bulletin, draft.title, act.at, (said,), draft.incidents, draft.audience, draft.plan)
    incidents = tuple(dict.fromkeys((*known.incidents, *draft.incidents)))
    return replace(
        known, title=draft.title, updates=(*known.updates, said), incidents=incidents, plan=draft.plan or known.plan
    )
