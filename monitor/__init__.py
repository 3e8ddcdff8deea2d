"""Hearthbeat: a fleet monitor for smart pet feeders and thermostats."""
