"""Somebody defines a call on the screen, from nothing, by the words of the pages: what a document says is typed as a person would."""

from typing import Any

import httpx

from programme.calls.labels import AID_REGIMES, CHECKS, KINDS, QUESTION_KINDS, THEME_SETS
from programme.calls.states import AidRegime, CallKind, Check
from programme.core.clock import region_zone
from programme.organisations.labels import KINDS as CARRIERS
from programme.questionnaires.labels import FORMATS, LEVELS
from programme.questionnaires.rules import wording
from programme.questionnaires.rules.columns import Measure
from programme.questionnaires.rules.kinds import FieldKind
from programme.strategy.states import ThemeSet
from tests.journeys.people import Reader

TEXTS = {
    "promise": "La promesse, en une phrase", "audience": "Pour qui", "amounts": "Combien", "answer_delay": "Réponse",
    "description": "Présentation", "expenses": "Quelles dépenses", "fund": "Fonds", "contacts": "Qui répond aux questions",
    "receipt_service": "Le service qui reçoit les dossiers", "appeal_text": "Délais et voies de recours",
    "algorithm_notice": "Mention du traitement algorithmique",
}  # fmt: skip
NUMBERS = {
    "readers_per_file": "Lecteurs par dossier", "spread_alert": "Écart qui appelle une lecture de plus",
    "favourable_from": "Avis favorable à partir de", "reserved_from": "Avis réservé à partir de",
    "silence_months": "Mois de silence qui décident",
}  # fmt: skip
BOXES = {
    "blind_reading": "Lire à l’aveugle", "silence_accepts": "Le silence vaut acceptation",
    "silence_starts_when_complete": "Le délai part du dossier complet",
    "silence_suspended_by_request": "Une demande de pièces suspend le délai",
    "figures_are_fictional": "Montants, poids et seuils sont fictifs",
}  # fmt: skip
PARAMETERS = {"months": "Nombre de mois", "amount": "Montant", "percent": "Pourcentage"}
HOWS = {
    "is": "est",
    "is_not": "n’est pas",
    "one_of": "est l’un de",
    "at_least": "est au moins",
    "at_most": "est au plus",
}
CONTEXT = {
    "carrier_family": "La famille du porteur", "theme": "Le thème", "strand": "Le volet", "carrier_kind": "La nature du porteur", "requested_amount": "Le montant demandé",
}  # fmt: skip


def reader_of(app: Any, session: str) -> Reader:
    """A person whose browser has no script, in the present test's application and transaction."""
    person = Reader("http://localhost")
    person.client = httpx.Client(
        transport=httpx.WSGITransport(app=app),
        base_url="http://localhost",
        follow_redirects=True,
        cookies={"session": session},
    )
    return person


class Typist:
    """Types a whole call; `themes`: the words of each theme's code."""

    def __init__(self, person: Reader, document: dict[str, Any], themes: dict[str, str]) -> None:
        self.person, self.document, self.themes = person, document, themes
        self.hub = ""

    def define(self) -> str:
        """The whole of it; gives the address of the hub."""
        self.begin()
        self.texts()
        self.settings()
        self.steps()
        self.offered()
        for place, strand in enumerate(self.document["strands"]):
            self.strand(strand, is_first=place == 0)
        for each in self.document["rules"]:
            self.rule(each)
        for each in self.document["documents"]:
            self.piece(each)
        for each in self.document["sessions"]:
            self.session(each)
        return self.hub

    def begin(self) -> None:
        person, document = self.person, self.document
        person.visit("/agents/appels")
        person.follow("Préparer un appel")
        person.fill("Comment s’appelle l’appel ?", document["title"])
        person.fill("Son code", document["code"])
        person.choose("Sa nature", str(KINDS[CallKind(document["kind"])]))
        person.choose("Ses thèmes", str(THEME_SETS[ThemeSet(document["theme_set"])]))
        person.press("Créer le brouillon")
        self.hub = person.path()

    def texts(self) -> None:
        self.person.visit(self.hub)
        self.person.follow("Les textes")
        for name, label in TEXTS.items():
            self.person.fill(label, self.document.get(name, ""))
        yearly = self.document["annual_envelopes"].items()
        self.person.fill("Enveloppe de chaque année", "\n".join(f"{year} : {amount}" for year, amount in yearly))
        self.person.press("Enregistrer")

    def settings(self) -> None:
        self.person.visit(self.hub)
        self.person.follow("La lecture et l’horloge légale")
        for name, label in NUMBERS.items():
            self.person.fill(label, str(self.document[name]))
        for name, label in BOXES.items():
            self.person.tick(label, off=not self.document[name])
        self.person.choose("Règles d’aide d’État", str(AID_REGIMES[AidRegime(self.document["aid_regime"])]))
        self.person.press("Enregistrer")

    def steps(self) -> None:
        self.person.visit(self.hub)
        self.person.follow("Les étapes et le budget demandé")
        self.person.tick("Demander quels jeux de données", off=not self.document["asks_data"])
        self.person.fill(
            "Le plus que peut recevoir un dossier", (self.document["award_ceiling"] or "").replace(".", ",")
        )
        self.person.press("Enregistrer")

    def offered(self) -> None:
        self.person.visit(self.hub)
        self.person.follow("Les thèmes proposés")
        for each in self.document["theme_codes"]:
            self.person.choose("Les thèmes proposés", self.themes[each])
        self.person.press("Enregistrer")

    def _new(self, listing: str, words: str, strand: str | None = None) -> None:
        several = strand and len(self.document["strands"]) > 1
        self.person.visit(self.hub)
        self.person.follow(f"{listing}, volet {strand}" if several else listing)
        self.person.follow(words)

    def strand(self, strand: dict[str, Any], *, is_first: bool) -> None:
        self.person.visit(self.hub)
        self.person.follow("Les volets")
        # A new call has one strand, A, which only needs its words.
        self.person.follow("A. " + self.document["title"] if is_first else "Ajouter un volet")
        for label, name in (
            ("Lettre ou code", "code"),
            ("Titre du volet", "title"),
            ("En quelques phrases", "summary"),
        ):
            self.person.fill(label, strand[name])
        self.person.press("Enregistrer")
        self.typed = self.document["strands"][: self.document["strands"].index(strand) + 1]
        for each in strand["criteria"]:
            self.criterion(strand["code"], each)
        for each in strand["questions"]:
            self.question(strand, each)

    def criterion(self, code: str, criterion: dict[str, Any]) -> None:
        self._open("La grille", "Ajouter un critère", code)
        self.person.fill("Critère", criterion["label"])
        self.person.fill("Poids", str(criterion["weight"]).replace(".", ","))
        if criterion["floor"] is not None:
            self.person.choose("Note éliminatoire", str(criterion["floor"]))
        self.person.fill("Ce que l’on regarde", criterion["help"])
        self.person.fill("Repères de notation", "\n".join(criterion["guidance"]))
        self._keep()

    def _open(self, listing: str, words: str, strand: str) -> None:
        self.person.visit(self.hub)
        several = len(self.typed) > 1
        self.person.follow(f"{listing}, volet {strand}" if several else listing)
        self.person.follow(words)

    def _keep(self) -> None:
        self.person.press("Enregistrer")
        assert "Enregistré." in self.person.text(), self.person.text()[:3000]

    def question(self, strand: dict[str, Any], question: dict[str, Any]) -> None:
        person = self.person
        self._open("Les questions", "Ajouter une question", strand["code"])
        person.fill("La question", question["label"])
        person.choose("Nature de la réponse", str(QUESTION_KINDS[FieldKind(question["kind"])]))
        person.press("Montrer les réglages de cette nature")
        person.tick("Réponse obligatoire", off=not question.get("required", True))
        for label, name in (
            ("Rubrique", "section"), ("Aide (facultatif)", "hint"), ("Exemple", "example"), ("Unité", "unit"),
            ("Signes au plus", "max_length"), ("Au moins", "minimum"), ("Au plus", "maximum"), ("Calcul", "formula"),
            ("Phrase quand la réponse ne convient pas", "refusal"), ("Pourquoi cette donnée personnelle ?", "purpose"),
            ("Lignes au plus", "max_rows"), ("Taille maximale, en Mo", "max_megabytes"),
        ):  # fmt: skip
            if question.get(name):
                person.fill(
                    label,
                    str(question[name]).replace(".", ",") if name in ("minimum", "maximum") else str(question[name]),
                )
        if question.get("options"):
            person.fill("Choix proposés", "\n".join(label for _code, label in question["options"]))
        if question.get("columns"):
            person.fill("Colonnes", "\n".join(map(wording.column_words, question["columns"])))
        if question.get("indicators"):
            measures = map(Measure.from_json, question["indicators"])
            person.fill("Indicateurs", "\n".join(map(wording.measure_words, measures)))
        for label, name, words in (("Échelles admises", "levels", LEVELS), ("Formats acceptés", "formats", FORMATS)):
            for each in question.get(name, []):
                person.choose(label, str({code.value: said for code, said in words.items()}[each]))
        if question.get("must_be"):
            person.choose("La seule réponse qui permet de continuer", {"yes": "Oui", "no": "Non"}[question["must_be"]])
        person.tick("Dit qui porte le projet", off=not question.get("identity_bearing"))
        person.tick("Confidentielle", off=not question.get("confidential"))
        self.condition(strand, question.get("show_if"))
        self._keep()

    def condition(self, strand: dict[str, Any], shown: Any) -> None:
        """Up to four comparisons, joined."""
        if shown is None:
            return
        joined = next((each for each in ("all", "any") if each in shown), None)
        if joined:
            self.person.choose(
                "Elle s’affiche quand",
                {"all": "toutes ces conditions sont vraies", "any": "l’une d’elles est vraie"}[joined],
            )
        for place, each in enumerate(shown[joined] if joined else [shown], start=1):
            asked = {question["key"]: question for question in strand["questions"]}.get(each["key"])
            self.person.choose(f"Réponse de la condition {place}", asked["label"] if asked else CONTEXT[each["key"]])
            [how] = set(each) - {"key"}
            self.person.choose(f"Comparaison de la condition {place}", "est rempli" if how == "answered" else HOWS[how])
            values = each[how] if isinstance(each[how], list) else [each[how]]
            families = {"company": "Entreprise", "public": "Organisme public", "other": "Autre"}
            words = (
                self.themes
                if each["key"] == "theme"
                else families
                if each["key"] == "carrier_family"
                else {"yes": "Oui", "no": "Non", **dict((asked or {}).get("options", []))}
            )
            if how != "answered":
                self.person.fill(
                    f"Valeur de la condition {place}", ", ".join(str(words.get(value, value)) for value in values)
                )

    def rule(self, rule: dict[str, Any]) -> None:
        self._new("Les conditions", "Ajouter une condition")
        if "check" in rule:
            self.person.choose("Qui la vérifie ?", str(CHECKS[Check(rule["check"])]))
        self.person.press("Montrer les réglages de ce contrôle")
        for name, value in rule["parameters"].items():
            if name == "kinds":
                for each in value:
                    self.person.choose(
                        "Natures de porteurs admises", str({k.value: v for k, v in CARRIERS.items()}[each])
                    )
            elif name == "codes":
                for each in value:
                    self.person.choose("Départements admis", f"{each} · ")
            else:
                self.person.fill(PARAMETERS[name], str(value).replace(".", ","))
        self.person.fill("Ce qu’elle dit", rule["statement"])
        self.person.fill("Ce qu’on dit à qui ne la remplit pas", rule["refusal"])
        if rule["redirect_to"]:
            self.person.fill("Vers quel autre dispositif orienter ?", rule["redirect_to"])
        if "strand" in rule:
            self.person.choose("Pour quel volet ?", f"{rule['strand']}. ")
        self._keep()

    def piece(self, piece: dict[str, Any]) -> None:
        self._new("Les pièces", "Ajouter une pièce")
        self.person.fill("Pièce", piece["label"])
        self.person.fill("Ce qu’elle doit montrer", piece["hint"])
        self.person.tick("Sans elle, le dossier ne peut pas être déposé", off=not piece["mandatory"])
        if piece["valid_months"]:
            self.person.fill("Âge maximal", str(piece["valid_months"]))
        if "strand" in piece:
            self.person.choose("Pour quel volet ?", f"{piece['strand']}. ")
        for each in piece["carriers"]:
            self.person.choose("Pour quels porteurs ?", str({k.value: v for k, v in CARRIERS.items()}[each]))
        for each in piece["themes"]:
            self.person.choose("Pour quels thèmes ?", self.themes[each])
        self._keep()

    def session(self, session: dict[str, Any]) -> None:
        from datetime import datetime

        self._new("Le calendrier", "Ajouter une relève")
        self.person.fill("Nom de la relève", session["label"])
        for label, name in (("Ouverture du dépôt", "opens_at"), ("Fermeture du dépôt", "closes_at")):
            there = datetime.fromisoformat(session[name]).astimezone(region_zone())
            self.person.fill(label, there.strftime("%d/%m/%Y %H:%M"))
        for label, name in (("Comité de sélection", "committee_on"), ("Vote de la commission permanente", "vote_on")):
            self.person.fill(label, session[name] or "")
        self.person.fill("Enveloppe", session["envelope"].replace(".", ","))
        self._keep()


def in_words(document: dict[str, Any]) -> dict[str, Any]:
    """The document with words in the place of the codes that the house gives: two that say the same are equal."""
    return {
        **{key: value for key, value in document.items() if key not in ("code", "slug")},
        "strands": [_strand_in_words(each) for each in document["strands"]],
        "documents": [
            {**each, "code": each["label"], "carriers": sorted(each["carriers"]), "themes": sorted(each["themes"])}
            for each in document["documents"]
        ],
        "rules": [{**each, "parameters": _unordered(each["parameters"])} for each in document["rules"]],
    }


def _unordered(parameters: dict[str, Any]) -> dict[str, Any]:
    """Kinds and departments are sets: their order says nothing."""
    return {name: sorted(value) if isinstance(value, list) else value for name, value in parameters.items()}


def _column_in_words(column: dict[str, Any]) -> dict[str, Any]:
    return {**column, "key": column["label"], "options": [label for _code, label in column.get("options", [])]}


def _strand_in_words(strand: dict[str, Any]) -> dict[str, Any]:
    questions = {each["key"]: each for each in strand["questions"]}

    def condition(shown: Any) -> Any:
        if isinstance(shown, list):
            return [condition(each) for each in shown]
        if "key" not in shown:
            return {joined: condition(parts) for joined, parts in shown.items()}
        asked = questions.get(shown["key"], {})
        labels = dict(asked.get("options", []))
        said = {
            how: labels.get(value, value)
            for how, value in shown.items()
            if how != "key" and not isinstance(value, list)
        }
        listed = {
            how: [labels.get(each, each) for each in value] for how, value in shown.items() if isinstance(value, list)
        }
        return {"key": asked.get("label", shown["key"]), **said, **listed}

    def question(each: dict[str, Any]) -> dict[str, Any]:
        found = {
            **each, "key": each["label"], "options": [label for _code, label in each.get("options", [])],
            "columns": [_column_in_words(one) for one in each.get("columns", [])],
            "indicators": [{**one, "code": one.get("label")} for one in each.get("indicators", [])],
            "levels": sorted(each.get("levels", [])), "formats": sorted(each.get("formats", [])),
        }  # fmt: skip
        return found | ({"show_if": condition(each["show_if"])} if each.get("show_if") else {})

    return {
        **strand, "criteria": [{**each, "code": each["label"]} for each in strand["criteria"]],
        "questions": [question(each) for each in strand["questions"]],
    }  # fmt: skip
