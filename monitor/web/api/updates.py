"""What the public is told: what is due, drafts, and publishing. Every change needs the token."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path

from monitor.core.publication.bulletins import Bulletin, Draft, Plan
from monitor.core.publication.overdue import Matter
from monitor.web.api.update_models import (
    BulletinBody,
    ComponentBody,
    ComponentList,
    DraftBody,
    DraftShown,
    UpdateShown,
    WaitingBody,
    WaitingList,
)
from monitor.web.problems import documented
from monitor.web.public import publishing
from monitor.web.public.state import Public, PublicState
from monitor.web.security import reader, writer

BulletinId = Annotated[str, Path(max_length=64, description="its id: that of the incident it speaks of, or its own")]


def operator_of(operator: Annotated[str, Header(alias="X-Operator", max_length=64)] = "api") -> str:
    """Who does it. Headers arrive as Latin-1, and names are written in UTF-8."""
    try:
        return operator.encode("latin-1").decode()
    except UnicodeError:
        return operator


Operator = Annotated[str, Depends(operator_of)]
READ = documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
WRITE = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

router = APIRouter(tags=["updates"])


@router.get("/updates", dependencies=[Depends(reader)], responses=documented(HTTPStatus.UNAUTHORIZED))
async def list_waiting(public: Public) -> WaitingList:
    """List what the public must hear of, the most urgent first."""
    now = public.now()
    desk = public.publication
    waiting = [_waiting(public, matter, now) for matter in desk.to_say()]
    listed = {each.id for each in waiting}
    drafted = [
        WaitingBody(id=name, title=draft.title, edited_by=draft.edited_by)
        for name, draft in desk.drafts.items()
        if name not in listed
    ]
    return WaitingList(items=[*waiting, *drafted])


@router.get("/updates/components", dependencies=[Depends(reader)], responses=documented(HTTPStatus.UNAUTHORIZED))
async def list_components(public: Public) -> ComponentList:
    """List the components of the public page."""
    return ComponentList(items=[ComponentBody.model_validate(each) for each in public.page().components])


@router.post("/bulletins", dependencies=[Depends(writer)], responses=WRITE, status_code=HTTPStatus.CREATED)
async def begin(public: Public, body: DraftBody, operator: Operator) -> WaitingBody:
    """Begin something that no incident has brought up, such as planned work; it is a draft until it is published."""
    draft = _draft(body, operator)
    bulletin = publishing.new_id(public, draft)
    await publishing.keep_draft(public, bulletin, draft, operator)
    return WaitingBody(id=bulletin, title=draft.title, edited_by=operator)


@router.get("/updates/{bulletin}", dependencies=[Depends(reader)], responses=READ)
async def show_draft(public: Public, bulletin: BulletinId) -> DraftShown:
    """Show what could be said next, why it could not, and what was said so far."""
    draft = publishing.next_word(public, bulletin)
    return DraftShown(
        id=bulletin,
        **_body(draft).model_dump(),
        edited_by=draft.edited_by,
        objections=publishing.objections(public, bulletin, draft),
        said=_said(public.publication.bulletins.get(bulletin)),
    )


@router.put("/updates/{bulletin}/draft", dependencies=[Depends(writer)], responses=WRITE)
async def edit(public: Public, bulletin: BulletinId, body: DraftBody, operator: Operator) -> DraftShown:
    """Keep a draft; nobody sees it until it is published."""
    await publishing.keep_draft(public, bulletin, _draft(body, operator), operator)
    return await show_draft(public, bulletin)


@router.post(
    "/updates/{bulletin}/drop", dependencies=[Depends(writer)], responses=WRITE, status_code=HTTPStatus.NO_CONTENT
)
async def drop(public: Public, bulletin: BulletinId, operator: Operator) -> None:
    """Throw a draft away; the suggestion stands again."""
    await publishing.drop_draft(public, bulletin, operator)


@router.post("/updates/{bulletin}/publish", dependencies=[Depends(writer)], responses=WRITE)
async def publish(public: Public, bulletin: BulletinId, body: DraftBody, operator: Operator) -> BulletinBody:
    """Say it. What is sent here is published as it is, so send what was read."""
    said = await publishing.publish(public, bulletin, _draft(body, operator), operator)
    return BulletinBody(id=said.id, title=said.title, impact=said.impact, open=said.open, updates=_said(said))


def _waiting(public: PublicState, matter: Matter, now: float) -> WaitingBody:
    draft = public.publication.drafts.get(matter.id)
    return WaitingBody(
        id=matter.id,
        title=matter.title,
        since=matter.since,
        said_at=matter.said_at,
        due_at=matter.due_at,
        overdue_seconds=max(0.0, now - matter.due_at),
        incidents=list(matter.incidents),
        edited_by=draft.edited_by if draft else "",
    )


def _said(bulletin: Bulletin | None) -> list[UpdateShown]:
    return [] if bulletin is None else [UpdateShown.model_validate(each) for each in bulletin.updates]


def _body(draft: Draft) -> DraftBody:
    return DraftBody(
        title=draft.title,
        stage=draft.stage,
        body=draft.body,
        conditions=dict(draft.conditions),
        incidents=list(draft.incidents),
        audience=draft.audience,
        planned_from=draft.plan.starts_at if draft.plan else None,
        planned_until=draft.plan.ends_at if draft.plan else None,
    )


def _draft(body: DraftBody, author: str) -> Draft:
    plan = None
    if body.planned_from is not None and body.planned_until is not None:
        plan = Plan(body.planned_from, body.planned_until)
    return Draft(
        title=body.title,
        stage=body.stage,
        body=body.body,
        conditions=dict(body.conditions),
        incidents=tuple(body.incidents),
        audience=body.audience,
        plan=plan,
        edited_by=author,
    )
