"""What the public is told: the next word as a draft, keeping it, and publishing it."""

from dataclasses import replace
from http import HTTPStatus
from typing import get_args
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.core.publication.bulletins import CONDITIONS, PLANNED_STAGES, STAGES, Condition, Draft, Stage
from monitor.web.forms import Sent, SentForm
from monitor.web.pages.frame import done, page, page_router
from monitor.web.problems import ProblemError
from monitor.web.public import publishing
from monitor.web.public.state import Public

LONGEST_TITLE, LONGEST_BODY = 200, 4000

router = page_router()


@router.get("/updates")
async def updates_page(request: Request, public: Public) -> HTMLResponse:
    """List what the public must hear of, the most urgent first, and what it was told."""
    said = sorted(public.publication.bulletins.values(), key=lambda each: -each.latest.at)
    drafts = public.publication.drafts
    return page(request, "updates.html", waiting=public.publication.to_say(), drafts=drafts, said=said[:20])


@router.get("/updates/{bulletin}")
async def update_page(request: Request, public: Public, bulletin: str) -> HTMLResponse:
    """Show what could be said next, why it could not, and what was said so far."""
    draft = publishing.next_word(public, bulletin)
    return page(
        request,
        "update.html",
        bulletin=bulletin,
        draft=draft,
        objections=publishing.objections(public, bulletin, draft),
        said=public.publication.bulletins.get(bulletin),
        components={each.id: each for each in public.page().components},
        stages=STAGES if draft.plan is None else PLANNED_STAGES,
        conditions=CONDITIONS,
        can_act=public.carry_out is not None,
    )


@router.post("/updates/{bulletin}")
async def keep_or_publish(public: Public, bulletin: str, form: SentForm) -> RedirectResponse:
    """Keep the draft, or say it: whichever button was pressed."""
    draft = _draft(publishing.next_word(public, bulletin), form)
    address = f"/updates/{quote(bulletin, safe='')}"
    if form.text("do") == "publish":
        await publishing.publish(public, bulletin, draft, form.author)
        return done(address, "published")
    await publishing.keep_draft(public, bulletin, draft, form.author)
    return done(address, "drafted")


def _draft(known: Draft, form: Sent) -> Draft:
    conditions = {
        name: _condition(form.text(f"condition-{name}", longest=30) or before)
        for name, before in known.conditions.items()
    }
    return replace(
        known,
        title=form.needed("title", longest=LONGEST_TITLE),
        stage=_stage(form.needed("stage", longest=30)),
        body=form.needed("body", longest=LONGEST_BODY).replace("\r\n", "\n"),
        conditions=conditions,
        edited_by=form.author,
    )


def _stage(text: str) -> Stage:
    for stage in get_args(Stage):
        if stage == text:
            found: Stage = stage
            return found
    raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"stage: {text!r} is none of {', '.join(get_args(Stage))}")


def _condition(text: str) -> Condition:
    for condition in CONDITIONS:
        if condition == text:
            return condition
    raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"condition: {text!r} is none of {', '.join(CONDITIONS)}")
