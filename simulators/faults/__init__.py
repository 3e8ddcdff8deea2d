"""What can go wrong, as data: each kind of fault is one model in one union, and knows how to stage itself in a world.

`cuts` keeps devices from being heard, `slow` works over hours and days, `release` is firmware, `center` hits broker and
monitor, `signals` changes what devices say, `welfare` lets feeders and rooms ail, `everyday` is the small trouble of
each day. To add a fault: write its model with a `kind` and a `stage` method, and name it in `Fault`.
"""

from typing import Annotated

from pydantic import Field

from simulators.faults.center import BrokerPartition, BrokerRestart, BrokerStall, MonitorLinkDown, MonitorStop
from simulators.faults.cuts import Cut, DeviceDeath, GatewayDeath, PowerCut, SharedCut
from simulators.faults.release import BadRelease
from simulators.faults.signals import ClockJump, Congestion, ControlPlane, IntervalChange, LateWill, Sunset
from simulators.faults.slow import Attrition, Flapping
from simulators.faults.welfare import Ailment

Fault = Annotated[
    Cut
    | PowerCut
    | SharedCut
    | GatewayDeath
    | DeviceDeath
    | Attrition
    | Flapping
    | BadRelease
    | ControlPlane
    | Sunset
    | LateWill
    | Congestion
    | IntervalChange
    | ClockJump
    | BrokerRestart
    | BrokerPartition
    | BrokerStall
    | MonitorStop
    | MonitorLinkDown
    | Ailment,
    Field(discriminator="kind"),
]
