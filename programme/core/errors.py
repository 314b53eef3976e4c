"""What can be refused, as exceptions that carry the sentence to show."""


class RuleBroken(Exception):
    """A rule of the trade refuses the act; `message` is the sentence to show to the person."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message))
        self.message = str(message)


class IllegalTransition(RuleBroken):
    """The object is no longer in a state that allows the verb (somebody else acted first, or a stale page)."""

    def __init__(self, state: str, verb: str) -> None:
        super().__init__("Cet élément a changé d’état entre-temps : relisez la page avant d’agir de nouveau.")
        self.state = state
        self.verb = verb


class NotAllowed(Exception):
    """The person may not do this, or may not know that the thing exists: answered like an absence (404)."""


class StaleForm(Exception):
    """The form's token is no longer that of the session: nothing may be written, the form comes back filled in."""
