"""What every derived file follows from."""

from dataclasses import dataclass

from paved_road.contracts.model import ModelContract
from paved_road.ownership.raci import Raci


@dataclass(frozen=True)
class Sources:
    """What is promised of a model, and who answers for it.

    Attributes:
        contract: whose thresholds.
        raci: whose owners.
        repository: URL that runbooks are found below; empty for none.
    """

    contract: ModelContract
    raci: Raci
    repository: str

    def link(self, runbook: str) -> str:
        """Where a runbook is read; as it is written in ``raci.yml`` if nothing is known of the repository."""
        return f"{self.repository}/blob/main/{runbook}" if self.repository and "://" not in runbook else runbook
