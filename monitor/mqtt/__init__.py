"""The way to the MQTT broker and back: paho on the event loop, without a thread of its own.

`link` is what the rest of the monitor uses: it keeps one connection, reads messages into a bounded `inbox` and takes
them out in batches. `connection` is one connection from its first packet to its last: a paho `client` on a `stream` (a
socket that is read in large pieces), and `session` is the conversation on it. `echo` is the message to ourselves that
proves the path; `reconnect` decides when to try again; `flow` follows the pauses while the inbox is full; `trial` tries
a configuration out; `settings` is the `[mqtt]` section.

Not here: what a message means (`decoders`) and what silence means (`core`).
"""

from monitor.mqtt.inbox import Batch, Item
from monitor.mqtt.link import MqttLink
from monitor.mqtt.reconnect import ClientIdTakenError
from monitor.mqtt.settings import Address, MqttSettings
from monitor.mqtt.trial import try_broker

__all__ = ["Address", "Batch", "ClientIdTakenError", "Item", "MqttLink", "MqttSettings", "try_broker"]
