"""The team's own metrics: functions of ``src/<package>/metrics.py`` that a contract names ``metrics.<function>``."""

from importlib import import_module

from paved_road.contracts.metric_names import OWN, is_own
from paved_road.contracts.metrics import Own
from paved_road.contracts.model import ModelContract
from paved_road.findings import problem


def load(package: str, contract: ModelContract) -> Own:
    """The functions that a contract names; nothing is imported if it names none.

    Raises:
        Problem: if the module or a function is missing.
    """
    names = [wanted.metric for wanted in contract.success_metrics if is_own(wanted.metric)]
    if not names:
        return {}
    path = f"src/{package}/metrics.py"
    try:
        module = import_module(f"{package}.metrics")
    except Exception as error:
        fact = f"cannot be imported: {type(error).__name__}: {error}"
        raise problem("METRICS001", fact, "contracts/model.yml names functions of it", path=path) from error
    missing = [name for name in names if not callable(getattr(module, name.removeprefix(OWN), None))]
    if missing:
        fact = f"has no function {', '.join(name.removeprefix(OWN) for name in missing)}"
        raise problem("METRICS001", fact, "contracts/model.yml names it as a success metric", path=path)
    return {name: getattr(module, name.removeprefix(OWN)) for name in names}
