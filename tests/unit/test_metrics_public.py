"""What metrics tell about what the public was told, and about nobody in particular."""

from __future__ import annotations

from collections import Counter

from monitor.metrics.families import Families
from monitor.metrics.public import MailFigures, PublicSource, collect_public
from tests.provider_outage import Outage


def told(outage: Outage, mail: MailFigures | None = None) -> dict[tuple[str, ...], float]:
    families = Families()
    collect_public(families, PublicSource(outage.desk, mail), outage.now)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_a_word_that_is_overdue_shows_for_how_long() -> None:
    outage = Outage().opened().at("20m")
    assert told(outage)["hearthbeat_public_update_overdue_seconds",] == 0
    outage.at("30m")
    assert told(outage)["hearthbeat_public_update_overdue_seconds",] == 180
    assert told(outage)["hearthbeat_public_bulletins_open",] == 0
    found = told(outage.publish())
    assert found["hearthbeat_public_update_overdue_seconds",] == 0
    assert found["hearthbeat_public_bulletins_open",] == 1


def test_the_lines_of_the_page_are_counted_by_condition() -> None:
    found = told(Outage().opened())
    assert found["hearthbeat_public_components", "operational"] == 5
    assert found["hearthbeat_public_components", "major_outage"] == 2
    assert found["hearthbeat_public_components", "degraded_performance"] == 1


def test_subscribers_are_told_as_numbers_and_only_where_messages_can_be_sent() -> None:
    mail = MailFigures(Counter({("email", "sent"): 3}), {("email", True): 2, ("email", False): 1}, refused=4)
    found = told(Outage(), mail)
    assert found["hearthbeat_subscribers", "email", "confirmed"] == 2
    assert found["hearthbeat_subscribers", "email", "asked"] == 1
    assert found["hearthbeat_subscribers", "webhook", "confirmed"] == 0
    assert found["hearthbeat_subscriber_messages_total", "email", "sent"] == 3
    assert found["hearthbeat_sign_ups_refused_total",] == 4
    assert not any("subscriber" in name[0] for name in told(Outage()))
