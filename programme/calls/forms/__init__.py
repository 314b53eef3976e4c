"""Forms of the calls: the eligibility self-check, and the screens that define a call."""

from programme.calls.forms.eligibility import EligibilityForm

__all__ = ["EligibilityForm"]
