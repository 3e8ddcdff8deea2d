"""Saying something in public: the one way for the API, the command and the pages' forms.

Each function answers once what was asked for is on disk, or raises a ProblemError that says why it is not.
"""

import hashlib
from http import HTTPStatus

from monitor.core.publication.bulletins import (
    LAST_STAGES,
    PLANNED_STAGES,
    STAGES,
    Bulletin,
    Draft,
    DraftDropped,
    PublicAct,
    UpdateDrafted,
    UpdatePublished,
)
from monitor.web.problems import ProblemError
from monitor.web.public.state import PublicState

ID_LENGTH = 10


def next_word(public: PublicState, bulletin: str) -> Draft:
    """What could be said next: as an operator left it, else as suggested."""
    draft = public.publication.draft(bulletin)
    if draft is None:
        known = public.publication.bulletins.get(bulletin)
        if known is None:
            raise ProblemError(
                HTTPStatus.NOT_FOUND,
                f"there is nothing to say under {bulletin}; GET /api/v1/updates lists what there is",
            )
        said = known.latest
        return Draft(known.title, said.stage, "", said.conditions, known.incidents, known.audience, known.plan)
    return draft


def objections(public: PublicState, bulletin: str, draft: Draft) -> list[str]:
    """Why a draft cannot be published; empty if it can."""
    found = public.publication.objections(draft)
    stages = STAGES if draft.plan is None else PLANNED_STAGES
    if draft.stage not in stages:
        found.append(f"the stage {draft.stage} is none of {', '.join(stages)}")
    known = public.publication.bulletins.get(bulletin)
    if known is not None and known.audience != draft.audience:
        found.append("who hears it cannot change; begin another one for others")
    if known is None and draft.stage in LAST_STAGES:
        found.append(f"the first word cannot be {draft.stage}; nobody knows of it yet")
    return found


async def keep_draft(public: PublicState, bulletin: str, draft: Draft, author: str) -> None:
    """Keep a draft, whatever it says: only publishing is refused."""
    _require_known(public, bulletin, draft)
    await _carried_out(public, UpdateDrafted(bulletin, public.now(), author, draft))


async def drop_draft(public: PublicState, bulletin: str, author: str) -> None:
    """Throw a draft away; the suggestion stands again."""
    if bulletin not in public.publication.drafts:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"no draft was made under {bulletin}; what is shown is a suggestion")
    await _carried_out(public, DraftDropped(bulletin, public.now(), author))


async def publish(public: PublicState, bulletin: str, draft: Draft, author: str) -> Bulletin:
    """Say it; what was published so far, this word included."""
    _require_known(public, bulletin, draft)
    wrong = objections(public, bulletin, draft)
    if wrong:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(wrong))
    before = public.publication.bulletins.get(bulletin)
    await _carried_out(public, UpdatePublished(bulletin, public.now(), author, draft))
    said = public.publication.bulletins.get(bulletin)
    if said is None or said == before:
        raise ProblemError(HTTPStatus.CONFLICT, "it was not published: the text was refused meanwhile; look once more")
    return said


def new_id(public: PublicState, draft: Draft) -> str:
    """The id of a bulletin that no incident has brought up."""
    said = f"{draft.title} {public.now()!r} {len(public.publication.bulletins)}"
    return hashlib.sha256(said.encode()).hexdigest()[:ID_LENGTH]


def _require_known(public: PublicState, bulletin: str, draft: Draft) -> None:
    desk = public.publication
    known = bulletin in desk.bulletins or bulletin in desk.drafts or desk.draft(bulletin) is not None
    if not known and draft.incidents:
        raise _unknown(bulletin)


async def _carried_out(public: PublicState, act: PublicAct) -> None:
    if public.carry_out is None:
        raise ProblemError(HTTPStatus.FORBIDDEN, "nothing can be changed here: what is shown is a recording")
    if not await public.carry_out(act):
        raise ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "it could not be written to disk within a few seconds; it may still be: look before trying again",
        )


def _unknown(bulletin: str) -> ProblemError:
    advice = "GET /api/v1/updates lists what there is"
    return ProblemError(HTTPStatus.NOT_FOUND, f"there is nothing to say under {bulletin}; {advice}")
