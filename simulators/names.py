"""Made-up names for the values of a fleet's dimensions."""

from monitor.devices.profile import Kind

PROVIDERS = ("aurora", "borealis", "cirrus", "dorado")
REGIONS = ("us-east", "us-west", "eu-west", "eu-central", "ap-south")
TENANTS = ("acorn", "birch")
MODELS: dict[Kind, tuple[str, ...]] = {
    "feeder": ("pawline-f2", "pawline-f3", "kibbly-one"),
    "thermostat": ("warmly-t1", "warmly-t2", "hestia-eco"),
    "gateway": ("bridgeport-g1", "bridgeport-g2"),
    "generic": ("plugly-p1", "sensa-m1"),
}
ID_PREFIX: dict[Kind, str] = {"feeder": "fd", "thermostat": "th", "gateway": "gw", "generic": "gn"}
