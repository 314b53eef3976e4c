"""What a page says when an answer fails: what happened, what is kept, what to do, whom to call."""

import pytest
from flask import abort

from programme.site import errors

KEPT, ACT, HELP = "Ce qui est gardé", "Ce que vous pouvez faire", "Quelqu’un vous aide"


@pytest.mark.parametrize("code", [400, 403, 404, 409, 410, 413, 429])
def test_each_page_says_what_is_kept_what_to_do_and_whom_to_call(app, code):
    with app.test_request_context("/"):
        with pytest.raises(Exception) as raised:
            abort(code)
        body, status = errors.http_error(raised.value)
    region = app.config["REGION"]
    assert status == code
    assert [words in body for words in (KEPT, ACT, HELP)] == [True] * 3
    assert region.contact_email in body
    assert f"Erreur {code}" in body


def test_a_fault_of_ours_gives_the_address_without_asking_the_database(app, count_queries):
    with app.test_request_context("/"), count_queries(0):
        body, status = errors.crashed(RuntimeError("panne"))
    region = app.config["REGION"]
    assert status == 500
    assert f'href="mailto:{region.contact_email}"' in body
    assert region.contact_phone in body
    assert "<!-- contact -->" not in body
