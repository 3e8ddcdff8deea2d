"""Tries a configuration out: connect, subscribe, and wait for the echo."""

import asyncio
import secrets

from monitor.clock import SystemClock
from monitor.core.observations import Echo
from monitor.core.settings import LimitSettings, SightSettings
from monitor.mqtt.link import MqttLink
from monitor.mqtt.settings import MqttSettings

GLANCE_SECONDS = 0.1


async def try_broker(settings: MqttSettings, patience_seconds: float = 10.0) -> str:
    """Why the broker is of no use with these settings, for people; empty if it is.

    Uses a client id and a session of its own, so that a monitor that runs is not disturbed.
    """
    token = secrets.token_hex(4)
    trial = settings.model_copy(
        update={"client_id": f"{settings.client_id}-trial-{token}", "instance": f"trial-{token}"},
    )
    clock = SystemClock()
    link = MqttLink(
        trial, LimitSettings(), SightSettings(echo_seconds=1.0, blind_after_seconds=2.0), clock, clean_session=True
    )
    running = asyncio.create_task(link.run())
    until = clock.now() + patience_seconds
    try:
        while clock.now() < until:
            batch = await link.take(1000, min(until, clock.now() + GLANCE_SECONDS))
            if any(isinstance(item, Echo) for item in batch.items):
                return ""
            if link.trouble and (link.connected or not link.figures.connects):
                return link.trouble
            link.acknowledge(batch)
        return link.trouble or (
            f"connected and subscribed, but our echo did not come back within {patience_seconds:g} s; allow this user"
            f" to publish and read {settings.echo_topic}, or set [mqtt] publish_echo = false"
        )
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
