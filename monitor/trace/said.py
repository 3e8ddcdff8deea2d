r"""What was said in public, as lines of a trace: when and at which stage, nothing of the words or of who said them.

{"at": 1.5, "said": "3fa2c91b07", "stage": "investigating", "incidents": ["3fa2c91b07"]}
{"at": 1.5, "said": "9c0d11fe42", "stage": "scheduled", "incidents": [], "planned": [90.0, 180.0]}

What only one tenant's customers heard has "audience", the tenant. Drafts change no judgement and are not recorded.
"""

import math
from collections.abc import Mapping
from typing import Any

from monitor.core.publication.bulletins import PLANNED_STAGES, STAGES, Draft, Plan, UpdatePublished

UNRECORDED = "not recorded"
"""Stands for words that a trace does not hold."""


class SaidLineError(ValueError):
    """A line that cannot be used; says what it must be."""


def write_said(act: UpdatePublished) -> dict[str, Any]:
    """The line of a public word, as plain data."""
    draft = act.draft
    told: dict[str, Any] = {"said": act.bulletin, "stage": draft.stage, "incidents": list(draft.incidents)}
    if draft.audience:
        told["audience"] = draft.audience
    if draft.plan is not None:
        told["planned"] = [draft.plan.starts_at, draft.plan.ends_at]
    return {"at": act.at, **told}


def read_said(at: float, line: Mapping[str, Any]) -> UpdatePublished:
    """What a line says. Raises SaidLineError."""
    bulletin, stage, audience = line["said"], line.get("stage"), line.get("audience", "")
    incidents = line.get("incidents", [])
    if not isinstance(bulletin, str) or not bulletin:
        raise SaidLineError('"said" must be an id')
    if stage not in (*STAGES, *PLANNED_STAGES):
        raise SaidLineError(f'"stage" must be one of {", ".join((*STAGES, *PLANNED_STAGES))}')
    if not isinstance(incidents, list) or not all(isinstance(each, str) for each in incidents):
        raise SaidLineError('"incidents" must be a list of ids')
    if not isinstance(audience, str):
        raise SaidLineError('"audience" must be a tenant')
    draft = Draft(UNRECORDED, stage, UNRECORDED, {}, tuple(incidents), audience, _plan(line.get("planned")))
    return UpdatePublished(bulletin, at, "", draft)


def _plan(said: object) -> Plan | None:
    if said is None:
        return None
    if isinstance(said, list) and len(said) == 2 and all(_is_moment(each) for each in said) and said[0] < said[1]:  # noqa: PLR2004 -- from and until
        return Plan(float(said[0]), float(said[1]))
    raise SaidLineError('"planned" must be two moments, the beginning and the end')


def _is_moment(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value)
