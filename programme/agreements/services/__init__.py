"""What people do with agreements, partners and commitments."""

from programme.agreements.services.commitments import follow
from programme.agreements.services.drafting import (
    Outdated,
    open_for_award,
    open_for_request,
    prepare,
    set_deliberation,
    set_values,
    waive,
)
from programme.agreements.services.life import (
    activate,
    approve,
    ask_review,
    expire,
    mark_to_renew,
    register_listener,
    renew,
    send,
    send_all,
    send_back,
    sign_as_partner,
    sign_as_region,
    terminate,
)
from programme.agreements.services.partners import lead_partner, request_partnership
from programme.agreements.services.templates import install_templates, publish_template

__all__ = [
    "Outdated",
    "activate",
    "approve",
    "ask_review",
    "expire",
    "follow",
    "install_templates",
    "lead_partner",
    "mark_to_renew",
    "open_for_award",
    "open_for_request",
    "prepare",
    "publish_template",
    "register_listener",
    "renew",
    "request_partnership",
    "send",
    "send_all",
    "send_back",
    "set_deliberation",
    "set_values",
    "sign_as_partner",
    "sign_as_region",
    "terminate",
    "waive",
]
