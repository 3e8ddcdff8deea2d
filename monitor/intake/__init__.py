"""Worker: what the broker delivers becomes observations, counted, and floods are held back.

`reader` finds the decoder, counts what comes and what is wrong with it; `floodgate` limits what one device may send.
Not here: reading the socket (`monitor/mqtt`), reading payloads (`monitor/decoders`), logging (the runtime does).

What a bad message held is never kept or told: samples name fields and places only.
"""

from monitor.intake.reader import ALL_REASONS, NO_DIALECT, Intake, Sample

__all__ = ["ALL_REASONS", "NO_DIALECT", "Intake", "Sample"]
