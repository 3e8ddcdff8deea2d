"""The timeline of an incident, and the draft of a report."""

from dataclasses import replace

from monitor.core.decisions import Alert, AlertOwed, Evidence, Incident, IncidentChanged, IncidentLogged, LossRecorded
from monitor.core.operations.journal import Journal
from monitor.core.operations.report import LISTED, Record, draft
from monitor.core.operations.timeline import Line, Sending, joined

BEGAN = 1_768_201_200.0  # 2026-01-12 07:00 UTC
OUTAGE = Incident(
    "3fa2c91b07", "outage", "provider", {"provider": "aurora"}, BEGAN, BEGAN + 90, BEGAN + 7290, 40, 2, 0.9995,
    evidence=(Evidence("silence", "38 of 40 devices fell silent within 40 s", 9.2),),
    unaffected="180 devices of other providers",
    equivalents=({"network": "isp-1"},),
    alternatives=("region us-east (score 2 against 9)",),
    onset_uncertainty_seconds=5.0,
    stragglers=("acme/f1", "acme/f2"),
    summary="Provider aurora: over after 2 h 1 min",
    meaning="40 feeders: 30 animals fed anyway",
    acknowledged_at=BEGAN + 300,
    acknowledged_by="ada",
    resolved_by="bob",
    reopened=1,
    related=("b1",),
)  # fmt: skip
OTHER = replace(OUTAGE, id="b1", scope={"provider": "boreal"}, summary="Provider boreal: over")
SENT = [
    Sending("pager", "ProviderOutage firing", BEGAN + 91, "delivered", BEGAN + 92),
    Sending("pager", "ProviderOutage resolved", BEGAN + 7290, "owed"),
    Sending("chat", "ProviderOutage firing", BEGAN + 91, "abandoned", BEGAN + 4000, "answers 500"),
    Sending("chat", "MealsAtRisk firing", BEGAN + 93, "cancelled", BEGAN + 94),
    Sending("chat", "MealsAtRisk firing, reminder", BEGAN + 95, "owed", None, "timed out"),
]


def record(incident: Incident = OUTAGE, **parts: object) -> Record:
    whole = {
        "lines": [], "sent": [], "losses": [], "counts": {}, "related": [], "now": BEGAN + 9000, "incident": incident,
    }  # fmt: skip
    return Record(**{**whole, **parts})  # type: ignore[arg-type]


def test_what_was_written_down_and_what_was_sent_are_one_timeline() -> None:
    logged = [
        IncidentLogged("i", BEGAN + 300, "done", "acknowledged", "ada"),
        IncidentLogged("i", BEGAN + 90, "decided", "opened"),
    ]
    assert joined(logged, SENT) == [
        Line(BEGAN + 90, "decided", "opened"),
        Line(BEGAN + 92, "sent", "ProviderOutage firing to pager"),
        Line(BEGAN + 94, "sent", "MealsAtRisk firing was called off for chat: overtaken by later news"),
        Line(BEGAN + 95, "sent", "MealsAtRisk firing, reminder is still owed to chat: timed out"),
        Line(BEGAN + 300, "done", "acknowledged", "ada"),
        Line(BEGAN + 4000, "sent", "ProviderOutage firing never reached chat: answers 500"),
        Line(BEGAN + 7290, "sent", "ProviderOutage resolved is still owed to pager"),
    ]


def test_the_report_of_an_outage_says_everything_that_is_known() -> None:
    lines = [
        Line(BEGAN + 90, "decided", "opened: a | b"),
        Line(BEGAN + 1500, "said", "We are looking into it.", "ada"),
    ]
    losses = [LossRecorded(OUTAGE.id, BEGAN, "acme/f1", "meal breakfast", BEGAN, "unconfirmed")]
    losses += [LossRecorded(OUTAGE.id, BEGAN, "acme/f3", "meal breakfast", BEGAN, "dispensed")]
    counts = {("meal", "unconfirmed"): 1, ("meal", "missed"): 2, ("meal", "dispensed"): 1, ("FeederJammed", "over"): 1}
    text = draft(record(lines=lines, sent=SENT, losses=losses, counts=counts, related=[OTHER]))
    for part in (
        "# Incident 3fa2c91b07: Provider aurora\n",
        "- **Began** 2026-01-12 07:00:00 ± 5 s\n",
        "- **Noticed** 2026-01-12 07:01:30, 1 min 30 s after it began\n",
        "- **Acknowledged** 2026-01-12 07:05:00 by ada, 3 min 30 s later\n",
        "- **Over** 2026-01-12 09:01:30, declared over by bob\n- **Lasted** 2 h 1 min\n- **Began again** 1 time\n",
        "provider `aurora`: 2 of 40 devices silent at the last count (5 %).",
        "Cannot be told apart from: Network isp-1.",
        "2 devices had not come back at the end: acme/f1, acme/f2.",
        "- b1: Provider boreal: over",
        "- silence (+9.2): 38 of 40 devices fell silent within 40 s",
        "Also considered:\n\n- region us-east",
        "Meals: 2 missed, 1 unconfirmed.",
        "1 meal that seemed lost came after all",
        "Devices with a sign of harm: FeederJammed 1.",
        "| 2026-01-12 07:00:00 | acme/f1 | meal breakfast | unconfirmed |\n",
        "And 3 more.",
        "| 2026-01-12 07:01:31 | chat | ProviderOutage firing | abandoned after 1 h 5 min (answers 500) |",
        "The first word came 23 min 30 s after the incident was noticed.\n\n- 2026-01-12 07:25:00 We are",
        "| 2026-01-12 07:01:30 | decided | opened: a \\| b |",
        "- Why did the public hear nothing within 15 min?",
        "- Did the meal of which nothing is known come?",
        "- What became of the 2 devices that did not come back?",
        "- Why did chat not take what was sent?",
        "- It was declared over by hand: was it?",
        "- Was it this scope, or one of the others",
        "- What was the cause, in whose hands",
    ):
        assert part in text, text
    assert "dispensed |" not in text, "what came after all is no loss"


def test_the_report_of_a_case_that_goes_on_says_what_is_not_known() -> None:
    case = Incident(
        "c1", "welfare", "device", {"tenant": "acme", "device": "f1"}, BEGAN, BEGAN, None, 1, 0, 1.0,
        evidence=(Evidence("FeederJammed", "feeder acme/f1 is jammed"),), summary="feeder acme/f1 is jammed",
    )  # fmt: skip
    lines = [Line(BEGAN + 90, "said", "Soon.")]
    text = draft(record(case, lines=lines, counts={("meal", "unconfirmed"): 1500, ("meal", "late"): 1}))
    for part in (
        "# Incident c1: feeder acme/f1 is jammed\n",
        "- **Acknowledged** by nobody\n- **Not over**; it lasts 2 h 30 min so far\n",
        "tenant `acme`, device `f1`.\n",
        "- FeederJammed: feeder acme/f1 is jammed",
        "Meals: 1,500 unconfirmed.",
        "Nothing: no receiver was owed anything of it.",
        "- Why did nobody acknowledge it?",
        "- Did those 1,500 meals of which nothing is known come?",
        "- What was the cause?",
    ):
        assert part in text, text
    assert "Why did the public" not in text, "the public need not hear of one feeder"


def test_where_nothing_was_lost_and_nothing_said_the_report_says_so() -> None:
    quiet = replace(
        OUTAGE, scope={}, alternatives=(), equivalents=(), stragglers=tuple(f"acme/f{n}" for n in range(30)),
        resolved_by="", meaning="", unaffected="", onset_uncertainty_seconds=0.0, acknowledged_by="",
    )  # fmt: skip
    text = draft(record(quiet))
    for part in (
        "the whole fleet: 2 of 40",
        "by somebody, ",
        "and 10 more.",
        "Nothing is known to have been missed.",
        "The public was told nothing.",
    ):
        assert part in text, text
    only_signs = draft(record(quiet, counts={("FreezeRisk", "showing"): 2}))
    assert "Meals:" not in only_signs
    assert "Devices with a sign of harm: FreezeRisk 2." in only_signs


def test_a_list_of_losses_that_is_complete_does_not_promise_more() -> None:
    losses = [LossRecorded("i", BEGAN, "acme/f1", "meal x", BEGAN, "missed")]
    assert "more." not in draft(record(replace(OUTAGE, stragglers=()), losses=losses, counts={("meal", "missed"): 1}))


def test_a_long_list_of_losses_is_cut_and_says_so() -> None:
    losses = [LossRecorded("i", BEGAN, f"acme/f{n}", "meal x", BEGAN, "missed") for n in range(LISTED + 5)]
    text = draft(record(losses=losses, counts={("meal", "missed"): LISTED + 5}))
    assert text.count("| meal x |") == LISTED
    assert "And 5 more." in text


def changed(state: str, at: float, **fields: object) -> IncidentChanged:
    return IncidentChanged(at, state, replace(OUTAGE, **fields))  # type: ignore[arg-type]


def test_the_monitors_own_lines_are_bounded_and_say_so() -> None:
    journal = Journal(5, str)
    lines = journal.changed(changed("opened", 1.0, related=()))
    assert len(lines) == 3
    alert = Alert("k", "ProviderOutage", "firing", "critical", {}, {"summary": "s"}, 1.0)
    lines += journal.alert(AlertOwed(2.0, alert), OUTAGE.id)
    lines += journal.changed(changed("updated", 3.0, silent=30, meaning="worse"))
    lines += journal.alert(AlertOwed(4.0, alert), OUTAGE.id)
    assert [line.text for line in lines[-2:]] == [
        "ProviderOutage (critical): s",
        "the timeline is full; the rest is left out",
    ]
    assert journal.changed(changed("resolved", 5.0)) == [IncidentLogged(OUTAGE.id, 5.0, "decided", OUTAGE.summary)]
    assert len(journal.alert(AlertOwed(6.0, alert), OUTAGE.id)) == 1, "what comes after the end is few"


def test_what_an_incident_says_itself_counts_as_told_after_a_restart() -> None:
    journal = Journal(100, str)
    journal.restore({}, [OUTAGE])
    assert journal.changed(changed("updated", 2.0)) == []


def test_what_was_told_is_remembered_over_a_restart() -> None:
    journal = Journal(100, lambda name: f"the outage {name}")
    journal.changed(changed("opened", 1.0))
    again = Journal(100, str)
    again.restore(journal.save([OUTAGE.id, "never-was"]), [OUTAGE])
    assert [line.text for line in again.changed(changed("updated", 2.0))] == ["40 feeders: 30 animals fed anyway"]
    more = Evidence("probe", "their API does not answer", 3.0)
    told = again.changed(changed("updated", 3.0, evidence=(*OUTAGE.evidence, more), related=("b1", "b2")))
    assert [line.text for line in told] == [
        "probe: their API does not answer",
        "probably one common cause with b2 (b2): they began together",
    ]
