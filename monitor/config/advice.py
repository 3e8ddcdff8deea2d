"""What a configuration may say but probably should not: each a warning of `check-config`, none an error."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.config.model import Config
from monitor.core.routing import RouteSettings
from monitor.egress.addresses import literal, permitted


def advise(config: Config) -> list[str]:
    """Warnings in plain words, each with what to do."""
    return [
        *_timing(config),
        *_web(config),
        *_links(config),
        *_people(config),
        *_routes(config),
        *_privacy(config),
        *_broker(config),
        *_probes(config),
        *_inside(config),
    ]


def _timing(config: Config) -> Iterator[str]:
    sight, liveness = config.sight, config.liveness
    if sight.blind_after_seconds < 2 * sight.echo_seconds:
        yield (
            f"sight.blind_after_seconds = {sight.blind_after_seconds:g} leaves no room for one lost echo"
            f" (one every {sight.echo_seconds:g} s); make it three times sight.echo_seconds"
        )
    if liveness.late_factor >= liveness.factor:
        yield (
            f"liveness.late_factor = {liveness.late_factor:g} is not below liveness.factor = {liveness.factor:g},"
            " so devices go offline without having been late"
        )
    for kind, own in liveness.kinds.items():
        if own.factor is not None and own.factor <= liveness.late_factor:
            yield (
                f"liveness.kinds.{kind}.factor = {own.factor:g} is not above"
                f" liveness.late_factor = {liveness.late_factor:g}, so a {kind} goes offline without having been late"
            )
    if config.alerts.device_hold_seconds < config.outages.confirm_seconds:
        yield (
            f"alerts.device_hold_seconds = {config.alerts.device_hold_seconds:g} is shorter than"
            f" outages.confirm_seconds = {config.outages.confirm_seconds:g}: single devices may be reported"
            " just before the outage that explains them"
        )


def _web(config: Config) -> Iterator[str]:
    if not config.web.loopback and config.web.token is None and config.web.token_file is None:
        yield (
            f"web.listen = {config.web.listen} can be reached from other machines and web.token is not set:"
            " everybody there may read the whole fleet; set web.token_file, or listen on 127.0.0.1 behind a proxy"
        )


def _links(config: Config) -> Iterator[str]:
    told = [receiver.name for receiver in config.notifiers if receiver.type != "console"]
    if told and not config.links.public_url:
        yield "links.public_url is not set, so alerts cannot link to incidents and runbooks"
    for name, url in (("public_url", config.links.public_url), ("grafana_url", config.links.grafana_url)):
        if url and _is_loopback(url):
            yield f"links.{name} = {url} only works on this machine; whoever gets an alert on a phone cannot open it"


def _people(config: Config) -> Iterator[str]:
    if not config.notifiers:
        yield "there is no [[notifiers]] entry: verdicts show on the page and in the metrics, but nobody is told"
    elif all(receiver.tenants for receiver in config.notifiers):
        yield (
            "every receiver is bound to tenants: nobody hears of the outage of a provider or of the monitor's own"
            " troubles; leave tenants out of one of them"
        )


def _routes(config: Config) -> Iterator[str]:
    kinds = {receiver.type for receiver in config.notifiers if receiver.type != "console"}
    direct = sorted(kinds - {"alertmanager", "webhook"})
    if "alertmanager" in kinds and direct:
        yield (
            f"an Alertmanager and receivers of our own ({', '.join(direct)}) are told: if both reach the same people,"
            " they hear everything twice; keep one of the two ways"
        )
    for number, route in enumerate(config.routes):
        if _takes_all(route) and not route.also_next and number + 1 < len(config.routes):
            yield f"routes[{number}] takes every alert, so the routes after it never count; put it last"
    if config.routes and not any(map(_takes_all, config.routes)):
        yield (
            "no [[routes]] entry is without conditions: what fits none goes to every receiver at once; end with one"
            " that says where the rest goes"
        )


def _privacy(config: Config) -> Iterator[str]:
    for receiver in config.notifiers:
        stranger = type(receiver).model_fields["trust"].default == "third_party"
        if stranger and receiver.trust == "own":
            yield (
                f"receiver {receiver.name} is of type {receiver.type}, which belongs to somebody else, and is trusted"
                " as own: it gets device ids, sites and exact readings; remove trust unless you run that service"
            )
        if receiver.trust == "third_party" and "tenant" in (receiver.fields or ()):
            yield (
                f"receiver {receiver.name} is a third party and gets the names of tenants; remove tenant from its"
                " fields unless it needs them"
            )


def _takes_all(route: RouteSettings) -> bool:
    return not (route.severity or route.tenant or route.kind or route.alerts or route.match)


def _broker(config: Config) -> Iterator[str]:
    address = config.mqtt.address
    if address.scheme == "mqtt" and not address.loopback and config.mqtt.username:
        yield f"mqtt.url = {config.mqtt.url} sends the password in clear text over the network; use mqtts:// if you can"
    if not config.mqtt.publish_echo:
        yield "mqtt.publish_echo is off: a broker that passes nothing on is noticed later or not at all"


def _probes(config: Config) -> Iterator[str]:
    judged = [probe for probe in config.probes if probe.about.scope and not probe.page]
    if judged and not any(probe.about.control for probe in config.probes):
        yield (
            f"no [[probes]] entry is a control, so a failing {judged[0].name} cannot be told from our own way out being"
            " broken; add one or two with about = {control = true} that have nothing to do with any provider"
        )


def _inside(config: Config) -> Iterator[str]:
    """Probes that will never ask, because their target is an address that they may not ask."""
    for probe in config.probes:
        allowed = probe.bounds(allow_private=config.egress.allow_private).allow_private
        for host in probe.hosts:
            if literal(host) and not permitted(host, allow_private=allowed):
                yield (
                    f"probe {probe.name} would ask {host}, which is not a public address, and so never asks; set its"
                    " allow_private = true if that is meant"
                )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
