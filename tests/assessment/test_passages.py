"""From a criterion to the part of the file that speaks of it."""

from programme.assessment.rules.passages import passage

PLACES = [
    ("projet", "projet, intérêt régional, objectifs de la stratégie"),
    ("ouverture", "Ouverture des données. Quelles données publiez-vous, sous quelle licence ?"),
    ("apres", "Après l’aide. Que devient le projet quand l’aide s’arrête ?"),
]


def test_the_words_of_the_label_lead_to_their_part():
    assert passage("Valeur des données : inédites, licence", "Rythme tenu.", PLACES) == "ouverture"
    assert passage("Intérêt régional", "Le projet sert un objectif nommé.", PLACES) == "projet"


def test_accents_and_plurals_do_not_matter():
    assert passage("INTERETS REGIONAUX", "", PLACES) == "projet"


def test_without_a_common_word_one_begins_at_the_first_part():
    assert passage("Zèle", "", PLACES) == "projet"


def test_the_help_counts_less_than_the_label():
    assert passage("Données sous licence", "objectifs", PLACES[:2]) == "ouverture"
