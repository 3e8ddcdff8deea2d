"""A simulated fleet: devices, homes, providers and their faults, all repeatable from one seed."""
