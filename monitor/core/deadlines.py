"""When to look at which device again: a calendar of whole seconds whose cost follows what is due, not what exists."""

import heapq

from monitor.core.fleet import Device


class Deadlines:
    """Files each device under the second of its `deadline`.

    A device is moved by filing it anew; the old entry stays behind and is skipped when its second comes.
    """

    def __init__(self) -> None:
        self._buckets: dict[int, list[Device]] = {}
        self._seconds: list[int] = []

    def file(self, device: Device, moment: float) -> None:
        """Look at `device` once the second of `moment` is over."""
        second = int(moment)
        known = device.deadline and int(device.deadline) == second
        device.deadline = moment
        if known:
            return
        bucket = self._buckets.get(second)
        if bucket is None:
            self._buckets[second] = [device]
            heapq.heappush(self._seconds, second)
        else:
            bucket.append(device)

    def withdraw(self, device: Device) -> None:
        """Do not look at `device` again until it is filed anew."""
        device.deadline = 0.0

    @property
    def next_second(self) -> int | None:
        """The earliest second with entries; it is over, and can be judged, one second later."""
        return self._seconds[0] if self._seconds else None

    def take(self, second: int, limit: int) -> list[Device]:
        """Up to `limit` devices filed under `second`, the earliest with entries; call until `next_second` moves."""
        bucket = self._buckets[second]
        taken = bucket[-limit:]
        del bucket[-limit:]
        if not bucket:
            del self._buckets[second]
            heapq.heappop(self._seconds)
        return [device for device in taken if int(device.deadline) == second and device.deadline]
