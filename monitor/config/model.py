"""The whole configuration as one tree. Each room brings its own section; here they are only joined."""

from pydantic import model_validator

from monitor.checkin import CheckinSettings
from monitor.core.engine import EngineSettings
from monitor.core.operations.settings import IncidentSettings
from monitor.core.probing.settings import ProbingSettings
from monitor.core.routing.settings import RouteSettings, refuse_unknown_receivers
from monitor.core.settings import AlertSettings, LimitSettings, LivenessSettings, OutageSettings, Section, SightSettings
from monitor.core.welfare.settings import WelfareSettings
from monitor.egress import EgressSettings
from monitor.logs import LogSettings
from monitor.mqtt.settings import MqttSettings
from monitor.notifiers import Receivers
from monitor.outbox.settings import OutboxSettings
from monitor.probes import Probes
from monitor.store.settings import StoreSettings
from monitor.subscribers.settings import SubscriberSettings
from monitor.web.public.settings import StatusPageSettings
from monitor.web.settings import LinksSettings, WebSettings


class Config(Section):
    """Everything that an operator can choose."""

    mqtt: MqttSettings = MqttSettings()
    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    links: LinksSettings = LinksSettings()
    liveness: LivenessSettings = LivenessSettings()
    alerts: AlertSettings = AlertSettings()
    outages: OutageSettings = OutageSettings()
    incidents: IncidentSettings = IncidentSettings()
    sight: SightSettings = SightSettings()
    limits: LimitSettings = LimitSettings()
    welfare: WelfareSettings = WelfareSettings()
    notifiers: Receivers = ()
    routes: tuple[RouteSettings, ...] = ()
    outbox: OutboxSettings = OutboxSettings()
    checkin: CheckinSettings = CheckinSettings()
    status_page: StatusPageSettings = StatusPageSettings()
    subscribers: SubscriberSettings = SubscriberSettings()
    probes: Probes = ()
    probing: ProbingSettings = ProbingSettings()
    egress: EgressSettings = EgressSettings()
    log: LogSettings = LogSettings()

    @property
    def engine(self) -> EngineSettings:
        """The part that judgement reads."""
        return EngineSettings(
            liveness=self.liveness,
            alerts=self.alerts,
            outages=self.outages,
            incidents=self.incidents,
            sight=self.sight,
            limits=self.limits,
            welfare=self.welfare,
            probing=self.probing,
            status_page=self.status_page,
            public_url=self.links.public_url,
        )

    @property
    def status_address(self) -> str:
        """Where the public reaches the status page; empty if that is not configured."""
        if self.status_page.url or not self.links.public_url:
            return self.status_page.url
        return f"{self.links.public_url}/status"

    @model_validator(mode="after")
    def _messages_lead_to_the_page(self) -> "Config":
        if self.subscribers.smtp is not None and not self.status_address:
            raise ValueError(
                "subscribers.smtp is set, but no message could say where to confirm or leave; set status_page.url or"
                " links.public_url to where the public reaches the page"
            )
        return self

    @model_validator(mode="after")
    def _sight_needs_more_than_one_echo(self) -> "Config":
        if self.sight.blind_after_seconds <= self.sight.echo_seconds:
            raise ValueError(
                f"sight.blind_after_seconds = {self.sight.blind_after_seconds:g} must be longer than sight.echo_seconds"
                f" = {self.sight.echo_seconds:g}, or the monitor is always blind; three times as long is good"
            )
        return self

    @model_validator(mode="after")
    def _routes_lead_to_receivers(self) -> "Config":
        unrouted = [entry.name for entry in self.notifiers if entry.type == "alertmanager"]
        routed = [entry.name for entry in self.notifiers if entry.type != "alertmanager"]
        refuse_unknown_receivers(self.routes, routed, unrouted)
        return self
