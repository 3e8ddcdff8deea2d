"""When to look at which device again for its meals and rooms: whole seconds, cost by what is due."""

import heapq

from monitor.core.fleet import Device


class Calendar:
    """Files each device under the second of its `welfare.due`; an entry that was moved stays behind and is skipped."""

    def __init__(self) -> None:
        self._buckets: dict[int, list[Device]] = {}
        self._seconds: list[int] = []

    def file(self, device: Device, moment: float) -> None:
        """Look at the device at this moment, and not at the one that was filed before."""
        care = device.welfare
        if care is None or care.due == moment:
            return
        care.due = moment
        second = int(moment)
        bucket = self._buckets.get(second)
        if bucket is None:
            self._buckets[second] = [device]
            heapq.heappush(self._seconds, second)
        else:
            bucket.append(device)

    def withdraw(self, device: Device) -> None:
        """Do not look at the device again until it is filed anew."""
        device.welfare.due = 0.0

    def take(self, now: float, limit: int) -> list[Device]:
        """Up to `limit` devices that are due; the rest stays for the next time."""
        taken: list[Device] = []
        looked = 0
        while self._seconds and self._seconds[0] <= now and looked < limit:
            second = self._seconds[0]
            bucket = self._buckets[second]
            some = bucket[: limit - looked]
            looked += len(some)
            del bucket[: len(some)]
            if not bucket:
                del self._buckets[second]
                heapq.heappop(self._seconds)
            taken += [each for each in some if each.welfare is not None and _is_due(each.welfare.due, second)]
        for device in taken:
            self.withdraw(device)
        return sorted(set(taken), key=lambda each: each.id)


def _is_due(due: float, second: int) -> bool:
    return due > 0 and int(due) == second
