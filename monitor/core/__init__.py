"""The part that decides. Pure: no clock, network, disk, randomness, logging or async."""
