"""paho's client, made for one connection on a socket that is already there."""

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from monitor.mqtt.settings import MqttSettings
from monitor.mqtt.stream import Stream


class _Client(Client):
    """A paho client that is handed its socket instead of making one, which would block the event loop."""

    def __init__(self, stream: Stream, client_id: str, *, clean: bool) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=clean,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        self._stream = stream

    def _create_socket(self) -> Stream:
        return self._stream


def make_client(stream: Stream, settings: MqttSettings, *, clean: bool) -> Client:
    """A client that speaks MQTT 3.1.1, never reconnects by itself, and leaves acknowledging to us."""
    client = _Client(stream, settings.client_id, clean=clean)
    client.max_inflight_messages_set(0)
    if settings.username:
        client.username_pw_set(settings.username, settings.read_password())
    client.connect_async(settings.address.host, settings.address.port, settings.keepalive_seconds)
    return client
