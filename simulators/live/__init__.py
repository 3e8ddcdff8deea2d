"""A world run live against a real broker: the same fleet and faults, paced by a clock.

`show` paces the world, `stations` knows which device speaks through which connection, and `station` is one connection
to the broker; all of it lives on the event loop. Devices with a connection of their own have real last wills: when the
world says that a will is due, the socket is dropped without a goodbye and the broker speaks for the device.
"""

from simulators.live.show import Hooks, LiveReport, Progress, Show
from simulators.live.stations import Sessions, Stations

__all__ = ["Hooks", "LiveReport", "Progress", "Sessions", "Show", "Stations"]
