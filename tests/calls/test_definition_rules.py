"""What is wrong with a document, what it lacks, and what is a trap: one table a question, and conditions checked against brute force."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.calls.labels import fault_words
from programme.calls.rules import definition as rules
from programme.calls.rules import traps
from programme.questionnaires.rules.conditions import Comparison, Group, How, Joined
from programme.questionnaires.rules.fields import questions_from
from tests.factories import calls


def whole(**changed):
    """A document without fault, lack or trap."""
    made = {**calls.definition(), "contacts": "", "annual_envelopes": {}}
    made["strands"] = [
        {
            **made["strands"][0],
            "criteria": [{**each, "help": "Ce que l’on regarde."} for each in made["strands"][0]["criteria"]],
        }
    ]
    made["rules"] = [{**each, "refusal": each.get("refusal") or "Équilibrez le plan."} for each in made["rules"]]
    made["sessions"] = [
        {
            "label": "Mars",
            "opens_at": "2027-01-04T08:00:00+00:00",
            "closes_at": "2027-03-29T10:00:00+00:00",
            "envelope": "120000.00",
        }
    ]
    return {**made, **changed}


def strand(**changed):
    return [{**whole()["strands"][0], **changed}]


def codes(found):
    return [each.code for each in found]


def test_a_whole_document_has_no_fault_lacks_nothing_and_sets_no_trap():
    assert (rules.faults(whole()), rules.lacking(whole()), traps.traps(whole())) == ([], [], [])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        *[({name: "  "}, "empty") for name in rules.TEXTS_NEEDED], ({"reserved_from": 61}, "thresholds"), ({"strands": []}, "none"),
        ({"strands": strand(title=" ")}, "empty"), ({"strands": strand(criteria=[])}, "none"),
        ({"strands": strand(criteria=[{"code": "a", "label": "A", "weight": "99.99"}])}, "weights"),
        ({"strands": strand(criteria=[{"code": "a", "label": "A", "weight": "33.33"}] * 3)}, "weights"),
        ({"rules": [{"statement": " "}]}, "empty"), ({"documents": [{"code": "a", "label": ""}]}, "empty"),
    ],
)  # fmt: skip
def test_what_a_published_call_may_not_lack(changed, code):
    assert codes(rules.lacking(whole(**changed))) == [code]


def asked(*questions):
    return {"strands": strand(questions=list(questions))}


def many(count, **more):
    return [{"key": f"k{n}", "label": f"Question {n}", "kind": "text", **more} for n in range(count)]


Q = {"key": "a", "label": "A", "kind": "yes_no"}
CHOICE = {"key": "a", "label": "A", "kind": "choice", "options": [["x", "X"], ["y", "Y"]]}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (asked(*many(31, required=False)), "many_questions"), (asked(*many(21)), "many_mandatory"), (asked(*many(20)), None),
        (asked(*many(20), Q, {"key": "b", "label": "B", "kind": "text", "show_if": {"key": "a", "is": "yes"}}), "many_mandatory"),
        (asked({"key": "a", "label": "Votre date de naissance", "kind": "day"}), "purpose"),
        (asked({"key": "a", "label": "Votre date de naissance", "kind": "day", "purpose": "Vérifier l’âge."}), None),
        (asked({"key": "a", "label": "Nombre de naissances", "kind": "number"}), None),
        (asked(Q, {**Q, "key": "b", "label": "a "}), "same_words"),
        (asked({"key": "a", "label": "A", "kind": "choice", "options": [["x", "X"]]}), "one_choice"),
        (asked(CHOICE, {"key": "b", "label": "B", "kind": "text", "show_if": {"key": "a", "is": "z"}}), "never_shown"),
        (asked(CHOICE, {"key": "b", "label": "B", "kind": "text", "show_if": {"key": "a", "is": "x"}}), None),
        (asked({"key": "b", "label": "B", "kind": "text", "show_if": {"key": "strand", "is": "Z"}}), "never_shown"),
        (asked(CHOICE, {"key": "b", "label": "B", "kind": "text", "show_if": {"all": [{"key": "a", "is": "x"}, {"key": "a", "is": "y"}]}}), "never_shown"),
        (asked({**CHOICE, "kind": "choices"}, {"key": "b", "label": "B", "kind": "text", "show_if": {"all": [{"key": "a", "is": "x"}, {"key": "a", "is": "y"}]}}), None),
        ({"documents": [{"code": "kbis", "label": "Extrait Kbis"}]}, "registry"), ({"sessions": []}, "no_session"),
        ({"rules": [{"statement": "Juste."}]}, "no_refusal"),
        ({"strands": strand(criteria=[{"code": "a", "label": "A", "weight": 100}])}, "no_guidance"),
        ({"strands": strand(criteria=[{"code": "a", "label": "A", "weight": 100, "guidance": ["Rien"]}])}, None),
    ],
)  # fmt: skip
def test_traps(changed, code):
    found = codes(traps.traps(whole(**changed)))
    assert set(found) == (set() if code is None else {code})


def test_every_code_has_its_words_and_says_where():
    document = whole(strands=strand(criteria=[{"code": "a", "label": "A", "weight": "40"}]), sessions=[])
    said = [fault_words(each) for each in [*rules.lacking(document), *traps.traps(document)]]
    assert said == [
        "Volet 1, grille : les poids font 40 au lieu de 100.",
        "Volet 1, critère 1 : « A » n’a ni aide ni repères : deux lecteurs noteront différemment.",
        "Calendrier : aucune date de dépôt n’est prévue.",
    ]


def test_a_document_that_is_not_a_call_says_every_fault_at_once():
    broken = whole(title="x" * 300, kind="?", readers_per_file=0)
    assert codes(rules.faults(broken)) == ["enum", "minimum", "maxLength"]


# ---- whether a condition can ever hold, against every answer there is ----------------------------

OFFERED = {"a": ["yes", "no"], "b": ["x", "y", "z"], "strand": ["A", "B"]}
QUESTIONS = {
    each.key: each
    for each in questions_from(
        [
            {**Q, "label": "A"},
            {"key": "b", "label": "B", "kind": "choice", "options": [["x", "X"], ["y", "Y"], ["z", "Z"]]},
        ]
    )
}
comparisons = st.one_of(
    st.builds(
        lambda key, how, value: Comparison(key, how, (value,)), st.sampled_from(sorted(OFFERED)), st.sampled_from([How.IS, How.IS_NOT]),
        st.sampled_from(["yes", "no", "x", "y", "A", "B", "Z"]),
    ),
    st.builds(
        lambda key, values: Comparison(key, How.ONE_OF, tuple(values)), st.sampled_from(sorted(OFFERED)),
        st.lists(st.sampled_from(["yes", "x", "z", "A", "Z"]), min_size=1, max_size=3),
    ),
    st.builds(lambda key: Comparison(key, How.ANSWERED), st.sampled_from(sorted(OFFERED))),
)  # fmt: skip
conditions = st.recursive(
    comparisons,
    lambda inner: st.builds(Group, st.sampled_from(Joined), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)


def holds_for_some_answer(condition):
    answers = product(*[[(key, None), *[(key, value) for value in values]] for key, values in OFFERED.items()])
    return any(condition.holds(dict(each)) for each in answers)


@given(conditions)
@settings(max_examples=300, deadline=None)
def test_what_is_said_never_to_be_shown_never_is(condition):
    if not traps.may_hold(condition, QUESTIONS, OFFERED["strand"]):
        assert not holds_for_some_answer(condition)


@given(comparisons)
def test_one_comparison_is_judged_exactly(condition):
    assert traps.may_hold(condition, QUESTIONS, OFFERED["strand"]) == holds_for_some_answer(condition)
