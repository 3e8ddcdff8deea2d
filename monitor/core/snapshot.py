"""The engine's memory as plain data and back, so that a restart forgets nothing."""
