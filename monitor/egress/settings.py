"""`[egress]`: what holds for everything that leaves."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from monitor.core.settings import Section


class EgressSettings(Section):
    """`[egress]`: what holds for everything that leaves."""

    response_bytes: Annotated[
        int, Field(ge=256, le=1_048_576, description="an answer is read up to this size and then cut")
    ] = 16_384
    pseudonym_key: Annotated[
        SecretStr | None,
        Field(
            min_length=16,
            description="key of the pseudonyms that third parties see; made and kept beside the store if left out",
        ),
    ] = None
    pseudonym_key_file: Annotated[Path | None, Field(description="file that holds the key of the pseudonyms")] = None
    allow_private: Annotated[
        bool, Field(description="probes may ask private addresses and this machine; each may say otherwise for itself")
    ] = False
    ledger_file: Annotated[
        Path | None,
        Field(description="where it is written down what left; beside the store, with the ending .ledger, if left out"),
    ] = None
    ledger_days: Annotated[float, Field(ge=1, le=36_500, description="days that the lines of the ledger are kept")] = (
        180.0
    )

    def ledger(self, store: Path) -> Path:
        """The ledger's file, given the store's."""
        return self.ledger_file or store.absolute().with_suffix(".ledger")


class EgressError(Exception):
    """The door cannot be set up; says which file or key is at fault and what to do."""
