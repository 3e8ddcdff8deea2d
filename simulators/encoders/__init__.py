"""How observations are put on the wire, one file per dialect; the counterpart of the monitor's decoders."""
