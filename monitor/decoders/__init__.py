"""Payload dialects: bytes in, observations out; pure."""
