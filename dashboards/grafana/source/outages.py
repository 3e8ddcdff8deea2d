"""Providers and outages: whose fault is it, since when, and how far does it reach?"""

from grafana_foundation_sdk.builders import statetimeline

from dashboards.grafana.source.frame import FLEET, Board, Section
from dashboards.grafana.source.parts import (
    COHORT,
    MONITOR,
    OUTAGE,
    Column,
    State,
    Words,
    history,
    lines,
    number,
    rows,
    timeline,
)

_DOWN = f'fleet_devices{{{COHORT},state="offline"}}'
_ALL = f"fleet_devices{{{COHORT}}}"
_STATE = (
    f'max by (layer, scope) (fleet_outage_state{{{MONITOR},state="suspected"}})'
    f' + 2 * max by (layer, scope) (fleet_outage_state{{{MONITOR},state="confirmed"}})'
)
_RUNBOOK = "What to do|${hearthbeat}/runbooks/ProviderOutage"


def _share(by: str) -> str:
    return f"sum by ({by}) ({_DOWN}) / sum by ({by}) ({_ALL})"


def _latency(quantile: float) -> str:
    buckets = f"hearthbeat_detection_latency_seconds_bucket{{{MONITOR}}}"
    return f"histogram_quantile({quantile}, sum by (verdict, le) (increase({buckets}[$__range])))"


def over_time() -> statetimeline.Panel:
    """What was out when; a new panel for each dashboard that shows it, for it is placed there."""
    return timeline(
        Words(
            "Outages",
            "What is or was suspected or confirmed to be out, and how far it reaches. Nothing here is good news.",
            "✓ no outage",
        ),
        _STATE,
        "{{layer}}: {{scope}}",
        OUTAGE,
    )


_GLANCE = (
    number(
        Words("Confirmed now", "Scopes that are confirmed to be out.", "✓ none"),
        f'sum(fleet_outage_state{{{MONITOR},state="confirmed"}})',
        limits={0: "green", 1: "red"},
        width=6,
    ),
    number(
        Words("Suspected now", "Scopes that may be out. A suspicion is never announced; most of them pass.", "✓ none"),
        f'sum(fleet_outage_state{{{MONITOR},state="suspected"}})',
        limits={0: "green", 1: "yellow"},
        width=6,
    ),
    number(
        Words("Worst provider", "The largest share offline of any provider, and whose it is."),
        f"topk(1, {_share('provider')})",
        unit="percentunit",
        limits={0: "green", 0.02: "yellow", 0.05: "red"},
        legend="{{provider}}",
        width=6,
    ),
    number(
        Words("Worst region", "The largest share offline of any region, and whose it is."),
        f"topk(1, {_share('region')})",
        unit="percentunit",
        limits={0: "green", 0.02: "yellow", 0.05: "red"},
        legend="{{region}}",
        width=6,
    ),
)

_MATRIX = rows(
    Words("Provider by region", "Who is silent where. A whole provider points at its cloud, one region at the region."),
    (
        Column("devices", f"sum by (provider, region) ({_ALL})"),
        Column("offline", f"sum by (provider, region) ({_DOWN})"),
        Column("share offline", _share("provider, region"), "percentunit"),
    ),
    {"provider": None, "region": None},
    sort="share offline",
    width=12,
)

_OPEN = rows(
    Words("Out now", "What is out or suspected, with the way to its runbook.", "✓ no outage"),
    (Column("state", f"{_STATE} > 0", states=OUTAGE),),
    {"layer": _RUNBOOK, "scope": "The incident|${hearthbeat}/"},
    width=12,
)

_JUDGEMENT = (
    lines(
        Words(
            "Time to a verdict",
            "Half and 95 % of verdicts came within this time after the last sign of life, or the onset of an outage.",
            "no verdict yet",
        ),
        (_latency(0.5), "{{verdict}}, half"),
        (_latency(0.95), "{{verdict}}, 95 %"),
        unit="s",
        dashed="half",
    ),
    lines(
        Words("Open incidents by layer", "What the open incidents are about."),
        (f"sum by (layer) (fleet_incidents_open{{{MONITOR}}})", "{{layer}}"),
    ),
)

_OTHERS = (
    timeline(
        Words(
            "Probes",
            "What was asked and whether it answered well; a gap is where nothing is known. A probe alone is no outage.",
            "no probe is configured, or none knows anything yet",
        ),
        f"max by (probe, about) (hearthbeat_probe_up{{{MONITOR}}})",
        "{{probe}}: {{about}}",
        (State(0, "✗ failing", "red"), State(1, "✓ healthy", "green")),
    ),
    rows(
        Words(
            "Certificates",
            "When the certificates end that probes were shown.",
            "no probe was shown a certificate",
        ),
        (
            Column(
                "ends in",
                f"min by (probe, about) (hearthbeat_probe_certificate_expiry_timestamp_seconds{{{MONITOR}}}) - time()",
                "s",
            ),
        ),
        {"probe": "What to do|${hearthbeat}/runbooks/CertificateExpiring", "about": None},
        width=12,
    ),
    lines(
        Words(
            "What the public reads",
            "Lines of the public page by condition. Operational ones are left out.",
            "there is no public page",
        ),
        (
            f'sum by (condition) (hearthbeat_public_components{{{MONITOR},condition!="operational"}})',
            "{{condition}}",
        ),
    ),
    number(
        Words(
            "Public word overdue", "For how long the public has waited longer than promised.", "there is no public page"
        ),
        f"max(hearthbeat_public_update_overdue_seconds{{{MONITOR}}})",
        unit="s",
        limits={0: "green", 1: "red"},
        width=6,
    ),
)

BOARD = Board(
    uid="hearthbeat-outages",
    title="Providers and outages",
    question="Whose fault is it, since when, and how far does it reach?",
    choices=FLEET,
    sections=(
        Section((*_GLANCE, over_time())),
        Section(
            (
                history(
                    Words("Share offline by provider", "One cell for each moment and provider, with its figure."),
                    _share("provider"),
                    "{{provider}}",
                    unit="percentunit",
                    limits={0: "green", 0.02: "yellow", 0.05: "red"},
                ),
                lines(
                    Words(
                        "Share offline by region", "A region that rises over all providers is power or network there."
                    ),
                    (_share("region"), "{{region}}"),
                    unit="percentunit",
                ),
                lines(
                    Words("Share offline by kind", "One kind alone points at its firmware or its cloud."),
                    (_share("kind"), "{{kind}}"),
                    unit="percentunit",
                ),
            ),
            "Over time",
        ),
        Section((_MATRIX, _OPEN), "Where"),
        Section(_OTHERS, "What others say, and what the public is told"),
        Section(_JUDGEMENT, "How well we judge"),
    ),
)
