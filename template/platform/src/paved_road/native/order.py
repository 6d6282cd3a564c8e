"""What a server tells its model's process, and what that answers once the model is loaded."""

import msgspec


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to hold the model against.

    Attributes:
        memory: bytes that the process may take.
        trusted: types that may be built, beside those that skops trusts by itself.
        numbers: names of the inputs that are numbers.
        strings: names of the inputs that are text.
        classes: how many there are; 0 for a regression.
    """

    memory: int
    trusted: list[str]
    numbers: list[str]
    strings: list[str]
    classes: int


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """How loading went.

    Attributes:
        protocol: version of the file's format.
        needs: types in the file that skops does not trust by itself.
        refused: why it was not loaded; empty if it was.
        code: of the finding that says so.
        unfit: what about the loaded model is not as the contract says.
    """

    protocol: int = 0
    needs: list[str] = []
    refused: str = ""
    code: str = ""
    unfit: list[str] = []
