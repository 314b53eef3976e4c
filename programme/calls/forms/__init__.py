"""Forms of the calls: the eligibility self-check, and the screens that define a call."""

from programme.calls.forms.eligibility import EligibilityForm, address_of, eligibility_form, read_back

__all__ = ["EligibilityForm", "address_of", "eligibility_form", "read_back"]
