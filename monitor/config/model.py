"""The whole configuration as one tree. Each room brings its own section; here they are only joined."""

from pydantic import model_validator

from monitor.core.engine import EngineSettings
from monitor.core.settings import AlertSettings, LimitSettings, LivenessSettings, OutageSettings, Section, SightSettings
from monitor.core.welfare.settings import WelfareSettings
from monitor.egress import EgressSettings
from monitor.logs import LogSettings
from monitor.mqtt.settings import MqttSettings
from monitor.notifiers import Receivers
from monitor.outbox.settings import OutboxSettings
from monitor.store.settings import StoreSettings
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
    sight: SightSettings = SightSettings()
    limits: LimitSettings = LimitSettings()
    welfare: WelfareSettings = WelfareSettings()
    notifiers: Receivers = ()
    outbox: OutboxSettings = OutboxSettings()
    egress: EgressSettings = EgressSettings()
    log: LogSettings = LogSettings()

    @property
    def engine(self) -> EngineSettings:
        """The part that judgement reads."""
        return EngineSettings(
            liveness=self.liveness,
            alerts=self.alerts,
            outages=self.outages,
            sight=self.sight,
            limits=self.limits,
            welfare=self.welfare,
            public_url=self.links.public_url,
        )

    @model_validator(mode="after")
    def _sight_needs_more_than_one_echo(self) -> "Config":
        if self.sight.blind_after_seconds <= self.sight.echo_seconds:
            raise ValueError(
                f"sight.blind_after_seconds = {self.sight.blind_after_seconds:g} must be longer than sight.echo_seconds"
                f" = {self.sight.echo_seconds:g}, or the monitor is always blind; three times as long is good"
            )
        return self
