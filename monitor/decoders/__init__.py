"""The door: bytes of one dialect in, observations out. Pure, and safe against anything that a broker can deliver.

Here: `protocol` (what every decoder takes and gives, and the closed lists of reasons), and one member per dialect:
`native` (our own contract, docs/contract.md). A member never imports another.
Not here: counting, logging and the limit on floods (`monitor/intake.py`); what an observation means (`core`).

To add a dialect: one file or folder with a class that fits `protocol.Decoder`, samples in `tests/samples/<dialect>`,
its name where the decoders are listed.

Example: `fleet/v1/acme/feeder-1/heartbeat` with `{"seq":7,"boot_id":"9f3c21aa"}` becomes one `Heartbeat`.
"""
