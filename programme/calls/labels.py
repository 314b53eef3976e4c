"""French words for the codes of this room."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from programme.calls.rules.definition import Fault
from programme.calls.rules.effort import Effort
from programme.calls.rules.remedies import Lever, Remedy
from programme.calls.states import AidRegime, CallKind, CallState, Check, MoneyAsked, SessionState
from programme.core.i18n import date_short, in_words, money, number
from programme.questionnaires.rules.kinds import FieldKind
from programme.strategy.states import ThemeSet

CALL_STATES = {
    CallState.DRAFT: _l("Brouillon"),
    CallState.IN_REVIEW: _l("En validation"),
    CallState.PUBLISHED: _l("Publié"),
    CallState.OPEN: _l("Ouvert"),
    CallState.SUSPENDED: _l("Suspendu"),
    CallState.CLOSED: _l("Clos"),
    CallState.ARCHIVED: _l("Archivé"),
    CallState.DROPPED: _l("Abandonné"),
}
CALL_TONES = {
    CallState.DRAFT: "pause",
    CallState.IN_REVIEW: "warn",
    CallState.PUBLISHED: "neutral",
    CallState.OPEN: "ok",
    CallState.SUSPENDED: "warn",
    CallState.CLOSED: "neutral",
    CallState.ARCHIVED: "neutral",
    CallState.DROPPED: "neutral",
}
CALL_VERBS = {
    "ask_review": _l("Soumettre à validation"),
    "send_back": _l("Rendre à la rédaction"),
    "publish": _l("Publier"),
    "open": _l("Ouvrir le dépôt"),
    "suspend": _l("Suspendre"),
    "close": _l("Clore"),
    "archive": _l("Archiver"),
    "drop": _l("Abandonner le brouillon"),
}
SESSION_STATES = {
    SessionState.PLANNED: _l("Prévue"),
    SessionState.OPEN: _l("Ouverte"),
    SessionState.CLOSED: _l("Close"),
    SessionState.COMMITTEE_HELD: _l("Comité tenu"),
    SessionState.VOTED: _l("Votée"),
    SessionState.NOTIFIED: _l("Notifiée"),
}
SESSION_TONES = {
    SessionState.PLANNED: "pause",
    SessionState.OPEN: "ok",
    SessionState.CLOSED: "warn",
    SessionState.COMMITTEE_HELD: "warn",
    SessionState.VOTED: "neutral",
    SessionState.NOTIFIED: "neutral",
}
KINDS = {
    CallKind.PERMANENT: _l("Appel à projets permanent"),
    CallKind.THEMED: _l("Appel à projets"),
    CallKind.INTEREST: _l("Appel à manifestation d’intérêt"),
    CallKind.PRIZE: _l("Prix"),
}
MONEY = {
    MoneyAsked.NONE: _l("Aucun budget : le projet seulement"),
    MoneyAsked.ESTIMATE: _l("Une estimation : les grandes dépenses et le montant espéré"),
    MoneyAsked.FULL: _l("Un budget complet, équilibré"),
}
THEME_SETS = {
    ThemeSet.DATA: _l("Données ouvertes et intelligentes"),
    ThemeSet.TERRITORIES: _l("Territoires intelligents, avec sous-domaines"),
}
K = FieldKind
QUESTION_KINDS = {
    K.TEXT: _l("Texte court"),
    K.LONG_TEXT: _l("Texte long, avec compteur"),
    K.MARKDOWN: _l("Texte mis en forme (Markdown)"),
    K.NUMBER: _l("Nombre, avec son unité"),
    K.MONEY: _l("Montant en euros"),
    K.DAY: _l("Date"),
    K.YES_NO: _l("Oui ou non"),
    K.CHOICE: _l("Un choix dans une liste"),
    K.CHOICES: _l("Plusieurs choix dans une liste"),
    K.TABLE: _l("Tableau"),
    K.CALCULATED: _l("Nombre calculé"),
    K.TERRITORY: _l("Territoire"),
    K.ORGANISATION: _l("Organisme"),
    K.DATASETS: _l("Jeux de données"),
    K.INDICATORS: _l("Indicateurs : départ et cible"),
    K.FILE: _l("Fichier"),
}
AID_REGIMES = {
    AidRegime.NONE: _l("Aucune question"),
    AidRegime.DE_MINIMIS: _l("De minimis : 300 000 € sur trois ans (règlement UE 2023/2831)"),
    AidRegime.SIEG: _l("De minimis d’un service d’intérêt économique général : 750 000 € (règlement UE 2023/2832)"),
    AidRegime.EXEMPTED: _l(
        "Régime exempté ou notifié : demande avant les travaux, taille d’entreprise (RGEC 651/2014)"
    ),
}
CHECKS = {
    Check.CARRIER_KIND: _l("Le porteur est d’une de ces natures"),
    Check.TERRITORY: _l("Le projet a lieu dans un de ces départements"),
    Check.SIRET_VALID: _l("Le SIRET est valide"),
    Check.THEME_CHOSEN: _l("Un thème est choisi"),
    Check.START_AFTER_DEPOSIT: _l("Le projet commence après le dépôt"),
    Check.END_AFTER_DEPOSIT: _l("Le projet finit après le dépôt"),
    Check.DURATION_MAX: _l("Le projet dure au plus … mois"),
    Check.COST_MIN: _l("Le coût est d’au moins … €"),
    Check.REQUEST_MIN: _l("La demande est d’au moins … €"),
    Check.REQUEST_MAX: _l("La demande est d’au plus … €"),
    Check.RATE_MAX: _l("La demande est d’au plus … % du coût"),
    Check.PUBLIC_SHARE_MAX: _l("Les aides publiques sont d’au plus … % du coût"),
    Check.OWN_SHARE_MIN: _l("L’apport du porteur est d’au moins … % du coût"),
    Check.PLAN_BALANCED: _l("Le plan de financement est équilibré"),
    Check.PIECES_COMPLETE: _l("Les pièces obligatoires sont jointes"),
    Check.ANSWERS: _l("Les réponses aux questions conviennent"),
}

LEVERS = {
    Lever.COST_AT_LEAST: _l("Portez le coût à %(value)s au moins."),
    Lever.REQUEST_AT_LEAST: _l("Demandez %(value)s au moins."),
    Lever.REQUEST_AT_MOST: _l("Demandez %(value)s au plus."),
    Lever.OTHER_PUBLIC_AT_MOST: _l("Gardez au plus %(value)s d’autres aides publiques."),
    Lever.OWN_AT_LEAST: _l("Apportez %(value)s au moins."),
    Lever.OWN_TO_BALANCE: _l("Portez votre apport à %(value)s pour équilibrer le plan."),
    Lever.STARTS_FROM: _l("Commencez le %(value)s au plus tôt."),
    Lever.ENDS_ON: _l("Portez la fin au %(value)s."),
    Lever.MONTHS_AT_MOST: _l("Ramenez le projet à %(value)s."),
}


def remedy_words(remedy: Remedy) -> str:
    """« Demandez 14 000,00 € au plus. »: what would change the answer."""
    if isinstance(remedy.value, date):
        value = date_short(remedy.value)
    elif remedy.lever is Lever.MONTHS_AT_MOST:
        value = ngettext("%(num)s mois", "%(num)s mois", int(remedy.value))
    else:
        value = money(remedy.value)
    return str(LEVERS[remedy.lever]) % {"value": value}


def takes(effort: Effort) -> str:
    """« trois heures et demie »: how long a file takes."""
    hours, half = divmod(effort.minutes, 60)
    if not hours:
        return gettext("une demi-heure")
    said = gettext("une heure") if hours == 1 else gettext("%(count)s heures", count=in_words(hours))
    return gettext("%(hours)s et demie", hours=said) if half else said


# ---- where and what a fault of a document is -----------------------------------------------------

_ROWS = {
    "strands": _l("volet %(n)s"), "criteria": _l("critère %(n)s"), "questions": _l("question %(n)s"),
    "rules": _l("condition %(n)s"), "documents": _l("pièce %(n)s"), "sessions": _l("relève %(n)s"),
}  # fmt: skip
_LISTS = {
    "strands": _l("volets"), "criteria": _l("grille"), "questions": _l("questions"), "rules": _l("conditions"),
    "documents": _l("pièces"), "sessions": _l("calendrier"), "parameters": _l("paramètres"), "carriers": _l("porteurs"),
    "themes": _l("thèmes"), "objectives": _l("objectifs de la stratégie"), "guidance": _l("repères"), "options": _l("choix"), "columns": _l("colonnes"),
}  # fmt: skip
FIELDS = {
    "title": _l("titre"), "promise": _l("promesse"), "description": _l("présentation"), "audience": _l("pour qui"),
    "amounts": _l("combien"), "answer_delay": _l("réponse"), "expenses": _l("dépenses"), "fund": _l("fonds"),
    "contacts": _l("contacts"), "appeal_text": _l("voies de recours"), "receipt_service": _l("service qui reçoit"),
    "algorithm_notice": _l("mention du traitement algorithmique"), "annual_envelopes": _l("enveloppes par année"),
    "reserved_from": _l("avis réservé à partir de"), "favourable_from": _l("avis favorable à partir de"),
    "code": _l("code"), "slug": _l("adresse"), "kind": _l("nature"), "theme_set": _l("thèmes"), "label": _l("intitulé"),
    "summary": _l("résumé"), "weight": _l("poids"), "floor": _l("note éliminatoire"), "help": _l("aide"), "hint": _l("aide"),
    "statement": _l("énoncé"), "refusal": _l("ce qu’on dit à qui ne la remplit pas"), "strand": _l("volet"), "check": _l("contrôle"),
    "opens_at": _l("ouverture"), "closes_at": _l("fermeture"), "envelope": _l("enveloppe"), "committee_on": _l("comité"),
    "vote_on": _l("vote"), "valid_months": _l("validité"), "key": _l("clé"), "show_if": _l("condition d’affichage"),
    "leads_to": _l("appel du dossier complet"), "by_invitation": _l("sur invitation"), "money_asked": _l("budget demandé"),
    "aid_regime": _l("règles d’aide d’État"), "asks_data": _l("jeux de données demandés"),
    "award_ceiling": _l("plafond d’un dossier"), "theme_codes": _l("thèmes proposés"),
    "regulation": _l("règlement"), "scale": _l("note maximale"),
}  # fmt: skip
_WHAT = {
    "required": _l("une information manque (%(limit)s)."),
    "additionalProperties": _l("une information n’est pas connue (%(limit)s)."),
    "maxLength": _l("%(limit)s signes au plus."),
    "minLength": _l("écrivez quelque chose."),
    "pattern": _l("l’écriture n’est pas la bonne."),
    "enum": _l("ce n’est pas un des codes possibles : %(limit)s."),
    "type": _l("ce n’est pas une valeur du bon type."),
    "maxItems": _l("%(limit)s lignes au plus."),
    "minimum": _l("au moins %(limit)s."),
    "maximum": _l("au plus %(limit)s."),
    "twice": _l("le code %(code)s est donné deux fois."),
    "unknown_strand": _l("aucun volet n’a le code %(code)s."),
    "questions": _l(
        "une condition ou un calcul nomme une question qui ne vient pas avant, ou deux questions ont la même clé."
    ),
    "too_much": _l("ce fichier est trop grand ou trop profond pour être un appel."),
    "odd_sign": _l("un texte contient un signe qui ne peut pas être gardé."),
    "mandatory": _l("une pièce ne devient pas obligatoire après l’ouverture."),
    "parameter": _l("il manque le paramètre du contrôle."),
    "instant": _l("écrivez une date, et une heure avec son fuseau."),
    "order": _l("la fermeture suit l’ouverture."),
    "before_closing": _l("ce jour vient avant la fermeture du dépôt."),
    "empty": _l("écrivez ce texte."),
    "none": _l("ajoutez au moins une ligne."),
    "weights": _l("les poids font %(total)s au lieu de 100."),
    "thresholds": _l("le seuil de l’avis réservé dépasse celui de l’avis favorable."),
    "frozen": _l("cela ne change plus depuis l’ouverture : ceux qui répondent s’y fient."),
    "gone": _l("« %(label)s » ne peut plus être retiré."),
    "begun": _l("le dépôt a commencé : son ouverture ne change plus."),
    "over": _l("le dépôt est terminé : sa fermeture ne change plus."),
    "shortened": _l("une relève ouverte peut être prolongée ou mieux dotée, jamais l’inverse."),
    "many_questions": _l("%(count)s questions : au-delà de %(most)s, on abandonne."),
    "many_mandatory": _l("%(count)s réponses obligatoires : au-delà de %(most)s, on abandonne."),
    "purpose": _l("« %(label)s » demande une donnée personnelle sans dire pourquoi."),
    "same_words": _l("« %(label)s » est demandé deux fois."),
    "one_choice": _l("« %(label)s » n’offre pas de choix."),
    "never_shown": _l("« %(label)s » ne s’affichera jamais : sa condition ne peut pas être vraie."),
    "no_guidance": _l("« %(label)s » n’a ni aide ni repères : deux lecteurs noteront différemment."),
    "registry": _l("« %(label)s » : un registre public le dit déjà, ne le demandez pas (CRPA, article L113-12)."),
    "no_refusal": _l("« %(label)s » ne dit rien à la personne qui ne la remplit pas."),
    "no_session": _l("aucune date de dépôt n’est prévue."),
    "condition": _l("cette condition ne se lit pas."),
    "unknown_question": _l("aucune question posée n’a la clé « %(key)s »."),
    "leads_kind": _l("seul un appel à manifestation d’intérêt mène à un autre appel."),
    "leads_to_itself": _l("un appel ne mène pas à lui-même."),
    "leads_nowhere": _l("cet appel ne mène à aucun dossier complet : personne ne pourra y être invité."),
    "leads_open": _l("« %(label)s » accepte tout le monde : la première étape se contourne. Ouvrez-le sur invitation."),
    "leads_over": _l("« %(label)s » est clos : personne ne pourra y être invité."),
    "leads_unpublished": _l("« %(label)s » n’est pas publié : publiez-le avant d’inviter."),
    "leads_undated": _l("« %(label)s » n’a pas de calendrier : personne ne pourra y être invité."),
    "leads_before": _l("« %(label)s » ferme avant cet appel : qui sera invité n’aura plus le temps de déposer."),
    "invited_by_nobody": _l("aucun appel ne mène à celui-ci : personne n’y entrera."),
    "prize_budget": _l("un prix demande un budget complet : pour récompenser, le projet suffit le plus souvent."),
    "themed_sessions": _l(
        "%(count)s relèves pour un appel thématique, qui n’en a qu’une : un appel à relèves est permanent."
    ),
    "year_exceeded": _l("en %(year)s, les relèves promettent %(together)s € pour une enveloppe de %(most)s €."),
    "named_in_blind": _l(
        "« %(label)s » peut dire qui porte le projet : la lecture est à l’aveugle, cachez la réponse aux évaluateurs."
    ),
    "interest_budget": _l("une manifestation d’intérêt demande un budget complet : une estimation suffit à ce stade."),
    "interest_pieces": _l(
        "obligatoires dès la manifestation d’intérêt, au nombre de %(count)s : gardez-les pour le dossier complet."
    ),
}


def fault_words(fault: Fault, strands: Sequence[str] = ()) -> str:
    """« Volet A, critère 2, poids : au plus 100. »: where, then what to do; a strand by its place when its code is not known."""
    where = place_words(fault.path, strands)
    values = {name: _listed(value) for name, value in fault.values.items()}
    what = str(_WHAT.get(fault.code, _l("cette valeur ne convient pas."))) % values
    return f"{where} : {what}" if where else what[:1].upper() + what[1:]


def place_words(path: tuple[str | int, ...], strands: Sequence[str] = ()) -> str:
    """« Volet A, questions », by the codes of the strands in their order."""
    where = ", ".join(_places(path, strands))
    return where[:1].upper() + where[1:]


def _places(path: tuple[str | int, ...], strands: Sequence[str]) -> Iterator[str]:
    for key, following in zip(path, (*path[1:], None), strict=False):
        if isinstance(following, int) and key in _ROWS:
            named = key == "strands" and following < len(strands)
            yield str(_ROWS[str(key)]) % {"n": strands[following] if named else following + 1}
        elif isinstance(key, str):
            yield str(_LISTS.get(key) or FIELDS.get(key) or key)


def _listed(value: object) -> str:
    if isinstance(value, Decimal):
        return number(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
