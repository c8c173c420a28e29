"""What Stripe says when it refuses: https://docs.stripe.com/api/errors."""

from typing import Any


class Refused(Exception):
    """An answer with an error body. `stored` says whether an idempotency key remembers it."""

    stored = True

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        type: str = "invalid_request_error",
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.param = param
        self.type = type
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON body, with absent fields left out as Stripe does."""
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error | self.extra}


class Invalid(Refused):
    """Parameters that fail validation before anything ran: no idempotency key remembers this."""

    stored = False


def missing(kind: str, id: str, *, param: str = "id", status: int = 404) -> Refused:
    """Nothing by that id: 404 for one in the path, 400 for one in a parameter."""
    return Refused(f"No such {kind}: '{id}'", status=status, code="resource_missing", param=param)


def required(param: str) -> Invalid:
    """A parameter that must be there and is not."""
    return Invalid(f"Missing required param: {param}.", code="parameter_missing", param=param)


def exclusive(*params: str) -> Invalid:
    """Two parameters of which only one may be given."""
    return Invalid(
        f"You may only specify one of these parameters: {', '.join(params)}.", param=params[0]
    )


def not_simulated(param: str) -> Invalid:
    """Stripe could do this; the stand-in says plainly that it cannot, instead of pretending."""
    return Invalid(f"The sandbox does not simulate `{param}`.", param=param)
