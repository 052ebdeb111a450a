"""Scenarios of parity: `entry` names what a function repeats; see README.md beside this folder."""

from .registry import entry

__all__ = ["entry"]
