"""How simulated devices behave: one file per kind, and `device` for what all of them share."""
