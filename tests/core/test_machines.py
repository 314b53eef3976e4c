"""Lives of a job and of a mail: every state with every verb."""

from itertools import product

import pytest

from programme.core import jobs, mail
from programme.core.jobs import JobState
from programme.core.mail import MessageState

JOBS = {
    (JobState.QUEUED, "claim"),
    (JobState.RUNNING, "claim"),  # Its worker died: the lease is over.
    (JobState.RUNNING, "finish"),
    (JobState.RUNNING, "retry"),
    (JobState.RUNNING, "give_up"),
    *((state, verb) for state in (JobState.QUEUED, JobState.FAILED) for verb in ("relaunch", "abandon")),
}
MAILS = {
    (MessageState.WAITING, "send"),
    (MessageState.WAITING, "refuse"),
    (MessageState.SENT, "refuse"),  # It came back.
    *((state, verb) for state in (MessageState.WAITING, MessageState.REFUSED) for verb in ("relaunch", "abandon")),
}


@pytest.mark.parametrize(("state", "verb"), list(product(JobState, jobs.MACHINE.verbs)))
def test_job(state, verb):
    assert jobs.MACHINE.allows(state, verb) == ((state, verb) in JOBS)


@pytest.mark.parametrize(("state", "verb"), list(product(MessageState, mail.MACHINE.verbs)))
def test_mail(state, verb):
    assert mail.MACHINE.allows(state, verb) == ((state, verb) in MAILS)
