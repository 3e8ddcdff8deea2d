"""The sentences of suggested texts. What an owner should do, and not do, is part of every one of them."""

from collections.abc import Mapping

WHERE: Mapping[str, str] = {
    "provider": "connected through {provider}",
    "region": "in {region}",
    "network": "on the network of {network}",
    "model": "of the model {model}",
    "firmware": "with firmware {firmware}",
}
"""Where devices are, by the keys of a scope that the public may know."""

TITLES: Mapping[str, str] = {
    "sudden": "Devices {where} cannot be reached",
    "creeping": "More and more devices {where} cannot be reached",
    "degraded": "Devices {where} cannot be controlled from the app",
}
FIRST: Mapping[str, str] = {
    "sudden": "Since about {since} {share} devices {where} cannot be reached: they show no readings and do not answer"
    " the app. We have seen it ourselves and are working on it.",
    "creeping": "Since about {since} devices {where} stop answering little by little; by now {share} cannot be reached."
    " We have seen it ourselves and are working on it.",
    "degraded": "Since about {since} {share} devices {where} cannot reach their cloud: they report to us, but feeding"
    " and settings from the app do not work. We have seen it ourselves and are working on it.",
}
STILL: Mapping[str, str] = {
    "sudden": "The trouble that began at about {since} goes on: {share} devices {where} cannot be reached. We keep"
    " working on it.",
    "creeping": "The trouble that began at about {since} goes on: {share} devices {where} cannot be reached. We keep"
    " working on it.",
    "degraded": "The trouble that began at about {since} goes on: {share} devices {where} cannot reach their cloud. We"
    " keep working on it.",
}
RECOVERING = "Devices {where} are coming back; {share} still cannot be reached. We keep watching."
OVER = (
    "Devices {where} can be reached again, and the trouble that began at about {since} is over. Please look once more"
    " whether the next planned meal comes out. If your device does not come back by itself, please ask us before you"
    " restart it."
)
OVER_WITHOUT_FEEDERS = (
    "Devices {where} can be reached again, and the trouble that began at about {since} is over. If your device does not"
    " come back by itself, please ask us before you restart it."
)

CAUSES: Mapping[str, str] = {
    "provider": "The fault is with the provider, not with your device.",
    "region": "Other regions are not concerned; a power cut or the network there may be the cause.",
    "network": "The cause seems to be that network and not your device.",
    "release": "Only this release is concerned. Please do not install an update by hand until we say so.",
    "fleet": "The fault is most likely with us and not with your device.",
}
"""What is known of the cause from the kind of outage alone, so that nobody looks for it at home."""

MEALS: Mapping[str, str] = {
    "unknown": "We cannot see yet whether planned meals come out.",
    "feeder": "Feeders that keep their meal plan themselves go on feeding by it, but we cannot see whether they do.",
    "mixed": "Feeders that keep their meal plan themselves go on; others need their provider, and their meals may not"
    " come.",
    "cloud": "The meal plans of these feeders are kept by their provider and not by the feeder: expect that planned"
    " meals do not come.",
    "missed": "Some planned meals did not come out.",
    "fine": "Planned meals go on: every one of them was confirmed so far.",
}
"""What the trouble means for scheduled feeding."""

HEATING = "Heating goes on as it was last set and cannot be changed from afar."
COLD = "In some homes it may become too cold."

FEED_BY_HAND = "Please look at the bowl and feed by hand today if it is empty."
FEED_BY_HAND_NOW = "Please feed by hand until we say here that it is over."
WATCH_HEATING = "If nobody is at home, please ask somebody to look after the heating."
KEEP_ON = "Please do not switch the feeder off, unplug it or restart it: it may lose its meal plan."
KEEP_ON_ANY = "Please do not reset your device: that does not help, and it may have to be set up again."
NO_REPEATS = (
    "Please do not send the same feeding from the app again and again: all of them may be carried out at once when the"
    " connection is back."
)

SHARES = ((0.9, "nearly all"), (0.5, "most"), (0.25, "many"), (0.0, "some"))
"""From which share of devices on how many they are called."""
