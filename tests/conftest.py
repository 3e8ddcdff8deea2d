"""What every test can ask for, and how generated examples are run."""

from hypothesis import settings

pytest_plugins = ("tests.real_parts",)

# The same examples everywhere, and none judged by the speed of the machine it ran on.
settings.register_profile("hearthbeat", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("hearthbeat")
