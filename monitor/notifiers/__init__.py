"""Channels to people, one file per channel."""
