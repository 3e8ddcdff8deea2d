"""The configuration: one TOML file, overridden by the environment, checked whole before anything starts.

`load` is what commands use. `model` joins the rooms' own sections into one tree; `sources` reads file and environment;
`keys` knows every key from the models; `mistakes` says what is wrong, `advice` what is allowed but unwise; `describe`
prints what is in force. To add a key, add a field with a description to the section in its room: the error messages,
`check-config` and docs/configuration.md follow by themselves.
"""

from monitor.config.advice import advise
from monitor.config.describe import describe
from monitor.config.load import ConfigErrors, Loaded, find_file, load
from monitor.config.model import Config

__all__ = ["Config", "ConfigErrors", "Loaded", "advise", "describe", "find_file", "load"]
