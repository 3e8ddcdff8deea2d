"""The native contract, version 1, as docs/contract.md tells it to firmware engineers.

`decoder` goes from message to observation, `topics` reads who speaks, `channels` lists the six channels.
`identity`, `liveness`, `events`, `plans` and `telemetry` hold the payload models; `fields` the types that they share.
`strangers` counts what is not in the contract, `faults` says in fixed words what is wrong with a payload.

To add a field: one line in its model (a reading: in `monitor/devices`), its row in docs/contract.md, a sample.
"""

from monitor.decoders.native.decoder import NativeDecoder

__all__ = ["NativeDecoder"]
