"""What every alert of one name has in common: how severe it is, what to do, and what not to do."""

from typing import NamedTuple

from monitor.core.decisions import Severity


class AlertKind(NamedTuple):
    """What every alert of one name has in common: its severity, what to do and what not to do."""

    severity: Severity
    action: str
    caution: str


ALERTS: dict[str, AlertKind] = {
    "DeviceOffline": AlertKind(
        "warning",
        "Check power, Wi-Fi and battery of this one device with its owner.",
        "Do not power-cycle a feeder whose schedule does not survive a reboot.",
    ),
    "DeviceFlapping": AlertKind(
        "info",
        "Look at signal strength, power supply and reboot count; single changes are not announced while it flaps.",
        "Do not read each change as an outage.",
    ),
    "DevicesStillOffline": AlertKind(
        "warning",
        "Contact the owners in the list; look for a trait they share (model, firmware) before asking for power-cycles.",
        "Do not ask all owners to restart: it can erase the schedule of feeders that hold it in volatile memory.",
    ),
    "GatewayOffline": AlertKind(
        "warning",
        "Check the gateway's power and uplink; the devices behind it are unreachable only because of it.",
        "Do not restart the devices behind the gateway.",
    ),
    "SiteOffline": AlertKind(
        "critical",
        "Call the site: power or network there has failed. Have animals fed by hand and heating watched.",
        "Do not blame a provider before the site has been reached.",
    ),
    "NetworkOutage": AlertKind(
        "critical",
        "Confirm with the network's status page; tell affected customers that schedules held by devices go on.",
        "Do not ask owners to reset devices: their network is the cause.",
    ),
    "RegionOutage": AlertKind(
        "critical",
        "Check power and network news for the region; publish an update naming it.",
        "Do not ask owners to reset devices.",
    ),
    "ProviderOutage": AlertKind(
        "critical",
        "Confirm with the provider, publish an update within 15 minutes, ask owners of feeders to feed by hand today.",
        "Do not let owners switch feeders off: schedules held by the device go on only while it has power.",
    ),
    "FirmwareRegression": AlertKind(
        "warning",
        "Stop the rollout of this release and compare with devices of the same model on other releases.",
        "Do not push another update to silent devices until one has been examined.",
    ),
    "FleetDown": AlertKind(
        "critical",
        "Our path is sound and every device is silent: check the devices' way in (DNS, listener, certificates) first.",
        "Do not treat it as thousands of single failures.",
    ),
    "MonitorBlind": AlertKind(
        "critical",
        "Restore the monitor's sight: broker, credentials, network, then the monitor itself.",
        "Do not believe device states until it sees again; they are frozen at the time shown.",
    ),
    "StoreFailing": AlertKind(
        "critical",
        "Free disk space or repair the database; decisions are kept in memory and written as soon as it works again.",
        "Do not restart the monitor before the store works: what is not on disk would be lost.",
    ),
    "DeviceFlooding": AlertKind(
        "warning",
        "Find out why this device sends so much; its excess is dropped, its neighbours are unharmed.",
        "Do not raise the limit before the cause is known.",
    ),
    "DeviceLimitReached": AlertKind(
        "critical",
        "Find out where the new device ids come from; raise [limits] devices only if they are real.",
        "Do not assume that devices turned away are being watched: they are not.",
    ),
    "PrometheusNotScraping": AlertKind(
        "warning",
        "Check that Prometheus runs and can reach /metrics; alerts about this monitor depend on it.",
        "Do not rely on dashboards until it is resolved.",
    ),
    "FeederMealMissed": AlertKind(
        "critical",
        "Have the animal fed by hand, then find out why the feeder did not; look when the next meal is due.",
        "Do not feed twice: ask first whether somebody already has.",
    ),
    "FeederMealUnconfirmed": AlertKind(
        "warning",
        "Ask the owner whether the meal came out; the feeder may have fed by itself without being able to say so.",
        "Do not power-cycle a feeder whose schedule does not survive a reboot.",
    ),
    "FeederMealsUnconfirmedRepeated": AlertKind(
        "critical",
        "Call the owner or the site now: nothing is known of two meals or more. Have the bowl looked at and filled.",
        "Do not power-cycle a feeder whose schedule does not survive a reboot.",
    ),
    "FeederNoFoodDispensed": AlertKind(
        "critical",
        "Have the animal fed by hand now; then check plan, hopper and outlet of the feeder.",
        "Do not wait for the next planned meal: the ones before it did not come either, as far as anybody knows.",
    ),
    "FeederJammed": AlertKind(
        "critical",
        "Have the outlet cleared and one portion dispensed as a trial.",
        "Do not send more feed commands before it is clear: they may all come out at once.",
    ),
    "FeederHopperEmpty": AlertKind(
        "critical",
        "Have the hopper refilled before the next meal.",
        "Do not rely on the next planned meals: they will not come.",
    ),
    "FeederHopperLow": AlertKind(
        "warning",
        "Tell the owner for how many meals the food still lasts.",
        "Do not wait until it is empty if the owner is away.",
    ),
    "FeederDoubleDispense": AlertKind(
        "warning",
        "Tell the owner; consider skipping the next meal. Ask for a veterinarian's advice for an animal on a diet.",
        "Do not send feed commands again while queued ones may still be carried out.",
    ),
    "FeederOverDispensed": AlertKind(
        "warning",
        "Find out who or what fed besides the plan; remove food that is left in the bowl.",
        "Do not starve the animal to make up for it without a veterinarian's advice.",
    ),
    "FeederRunaway": AlertKind(
        "critical",
        "Have the feeder unplugged and its batteries taken out; remove the food.",
        "Do not try to stop it by more commands if it did not obey the first one.",
    ),
    "FeederOnBackupPower": AlertKind(
        "warning",
        "Have mains power restored; note for how long the battery lasts.",
        "Do not switch the feeder off to save its battery: its schedule may be lost.",
    ),
    "FeederScheduleLost": AlertKind(
        "critical",
        "Write the schedule to the feeder again and have the animal fed by hand until a planned meal has come.",
        "Do not reboot it again: that is probably how the schedule was lost.",
    ),
    "FeederScheduleDrift": AlertKind(
        "warning",
        "Set clock and time zone of the feeder; if the error is exactly one hour, the plan did not follow the clocks.",
        "Do not correct meal times by hand in the plan: they will be wrong again when the clock is set.",
    ),
    "MealsAtRisk": AlertKind(
        "critical",
        "Work through the list, longest without food first; tell owners to feed by hand until the incident is over.",
        "Do not ask owners to restart feeders whose schedule does not survive a reboot.",
    ),
    "MealsInExcess": AlertKind(
        "warning",
        "Purge the commands that are still queued; tell the owners in the list to take away what is left in the bowl.",
        "Do not send feed commands again before the queue is empty.",
    ),
    "RoomsAtRisk": AlertKind(
        "critical",
        "Work through the list, coldest first; have somebody go or call for every home on it.",
        "Do not assume that heating works because nobody complains: nobody may be there.",
    ),
    "FreezeRiskCritical": AlertKind(
        "critical",
        "Somebody must go now: restore heat, shut off and drain the water if it cannot be restored.",
        "Do not thaw pipes with an open flame.",
    ),
    "FreezeRisk": AlertKind(
        "critical",
        "Get the heating going, or somebody to the house, within the time that the forecast leaves.",
        "Do not wait for the limit: the forecast counts from a room that still cools.",
    ),
    "FreezeRiskBlind": AlertKind(
        "critical",
        "Treat the home as freezing until it is seen: call it, or have somebody look.",
        "Do not take the forecast for a reading: nobody has measured since the last temperature was told.",
    ),
    "OverheatRisk": AlertKind(
        "critical",
        "Have the heat cut at the boiler or breaker; look after animals and people in the room.",
        "Do not rely on the thermostat to switch off what it does not control any more.",
    ),
    "HeatingNotEffective": AlertKind(
        "warning",
        "Call the heating service: it heats and the room does not get warmer.",
        "Do not raise the setpoint: it already asks for all there is.",
    ),
    "HvacRunsNonstop": AlertKind(
        "warning",
        "Check windows, filters and the size of the heating against the weather.",
        "Do not read it as frost: the room is held, if only just.",
    ),
    "HvacShortCycling": AlertKind(
        "warning",
        "Check the thermostat's place, wiring and hysteresis before the burner wears out.",
        "Do not reset it again and again; that is more starts.",
    ),
    "TemperatureSensorStuck": AlertKind(
        "warning",
        "Compare with another thermometer and replace the sensor.",
        "Do not believe this room's temperature, in alerts that are absent too.",
    ),
    "ThermostatScheduleNotApplied": AlertKind(
        "warning",
        "Write the plan to the thermostat again.",
        "Do not override it by hand: that hides what is wrong.",
    ),
    "DeviceBatteryLow": AlertKind(
        "warning",
        "Have the battery changed or charged before the device falls silent.",
        "Do not update its firmware on this battery.",
    ),
    "DeviceBatteryDrain": AlertKind(
        "warning",
        "Compare with devices of the same release; if they drain too, stop its rollout.",
        "Do not just change batteries if a release is the cause.",
    ),
    "DeviceClockSkew": AlertKind(
        "warning",
        "Check its time server and time zone; meals and heating follow its clock.",
        "Do not correct its plan instead of its clock.",
    ),
    "DeviceSignalWeak": AlertKind(
        "warning",
        "Have the device, its router or a repeater moved; compare with other devices of the same home.",
        "Do not read the lost messages as an outage of its provider.",
    ),
    "DeviceFault": AlertKind(
        "warning",
        "Look the code up with its maker; ask its owner whether the device still does its work.",
        "Do not power-cycle a feeder whose schedule does not survive a reboot to make the code go away.",
    ),
    "DeviceRebootLoop": AlertKind(
        "warning",
        "Check power supply, battery and recent updates.",
        "Do not restart it again; each start may lose its plan.",
    ),
    "ProviderPageDisagrees": AlertKind(
        "warning",
        "Report the outage to the provider with our figures, and tell customers yourself.",
        "Do not wait for the provider's page, and do not take its green for proof.",
    ),
    "ControlPlaneDown": AlertKind(
        "warning",
        "Tell customers that app and remote control do not work, and that planned meals and heating go on.",
        "Do not ask owners to restart devices: they work, and some would lose their schedule.",
    ),
    "ProviderProbeFailing": AlertKind(
        "warning",
        "Look from another network before blaming the provider; its devices show no outage.",
        "Do not announce an outage on a probe alone.",
    ),
    "SupportChannelDown": AlertKind(
        "warning",
        "Put the channel right, and publish another way to reach you until it works.",
        "Do not close the incident that people write to you about because nobody writes any more.",
    ),
    "CertificateExpiring": AlertKind(
        "warning",
        "Renew the certificate, or tell whoever holds it.",
        "Do not switch verification off to get past the date.",
    ),
    "ProbesCutOff": AlertKind(
        "warning",
        "Restore this machine's way out: name resolution, gateway, proxy or firewall.",
        "Do not read failing probes as outages of providers until it works again.",
    ),
    "PublicUpdateOverdue": AlertKind(
        "warning",
        "Publish an update now, even if there is no news: what happens, what owners should do and not do.",
        "Do not wait until the cause is known: silence costs more than an incomplete word.",
    ),
    "HearthbeatTest": AlertKind(
        "info",
        "Nothing: somebody tries out whether this receiver works. The end of the test follows at once.",
        "Do not look for a fault.",
    ),
    "HearthbeatWatchdog": AlertKind(
        "info",
        "Nothing: this alert always fires, so that its absence shows that the path to you is broken.",
        "Do not silence it.",
    ),
}
