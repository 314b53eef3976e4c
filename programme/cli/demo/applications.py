"""Forty-five demonstration applications, in every state, with their pieces, budgets and requests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from programme.accounts.models import Account
from programme.applications import services
from programme.applications.models import (
    Application,
    ApplicationDataset,
    BudgetLine,
    FundingSource,
)
from programme.applications.rules import reopening
from programme.applications.states import (
    ApplicationState,
    ExpenseCategory,
    FundingKind,
    FundingState,
    PieceState,
)
from programme.calls import queries as calls
from programme.calls.models import Call, CallSession, CallStrand
from programme.calls.states import SessionState
from programme.catalogue.models import Dataset
from programme.cli.demo.declarations import declare, engage
from programme.cli.demo.people import account
from programme.cli.demo.pieces import provide, replace_first
from programme.core import journal
from programme.core.clock import local_day
from programme.core.identifiers import ALPHABET
from programme.core.numbering import next_number
from programme.core.periods import add_months
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.projects import services as projects
from programme.projects.models import Project
from programme.questionnaires.rules.fields import Question, asked
from programme.questionnaires.rules.gazetteer import find
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind
from programme.questionnaires.rules.samples import plausible
from programme.strategy.models import Subdomain, Theme

S, N = ApplicationState, SessionState


@dataclass(frozen=True)
class Sketch:
    """One application in a line: carrier, title, summary, strand, session, state, amount asked, cost, theme."""

    organisation: str
    title: str
    summary: str
    strand: str
    session: SessionState
    state: ApplicationState
    amount: int
    cost: int
    theme: str
    subdomain: str = ""


# The permanent call. The themes are labels of the data platform.
SUD = (
    Sketch("Association Air et Rivages", "Respire Étang", "L’air de la cour d’école, heure par heure, et ce qu’il permet.", "B", N.NOTIFIED, S.AWARDED, 12_000, 24_000, "Environnement et climat"),
    Sketch("Atelier Canopée", "Ombre Fraîche", "Où planter d’abord : l’ombre portée, rue par rue, publiée en données ouvertes.", "B", N.NOTIFIED, S.AWARDED, 14_000, 28_000, "Aménagement et urbanisme"),
    Sketch("Syndicat mixte Énergies des Écrins", "Cadastre solaire partagé", "Un cadastre solaire commun à quarante communes de montagne.", "A", N.NOTIFIED, S.AWARDED, 32_000, 64_000, "Énergies et réseaux"),
    Sketch("Canal de la Crau, groupement d’irrigants", "Irrigation Juste", "Prévoir l’eau qu’il faut au foin de Crau, sans en perdre.", "A", N.NOTIFIED, S.AWARDED, 26_000, 52_000, "Agriculture, sylviculture et pêche"),
    Sketch("Université du Sud numérique", "École de la donnée", "Des ateliers de données pour les étudiantes et étudiants, avec les communes voisines.", "B", N.NOTIFIED, S.AWARDED, 9_500, 19_000, "Sciences, recherche et innovation"),
    Sketch("Marchés et Terroirs", "Marchés de Provence", "Les marchés de toutes les communes, à jour et réutilisables.", "B", N.NOTIFIED, S.REJECTED, 11_000, 22_000, "Économie et entreprises"),
    Sketch("Doc’Proche", "Doc’Proche en vallée", "Trouver un soin près de chez soi, temps de trajet compris.", "B", N.NOTIFIED, S.REJECTED, 15_000, 30_000, "Social, santé et sports"),
    Sketch("Commune de Roche-Vieille", "Refonte du site communal", "Un site neuf pour la commune.", "A", N.NOTIFIED, S.REJECTED, 8_000, 16_000, "Administration et action publique"),
    Sketch("Métropole des Deux Rives", "Flux Vélo", "Tous les comptages de vélos de la métropole, comparables et commentés.", "A", N.VOTED, S.ON_AGENDA, 36_000, 72_000, "Mobilité et transports"),
    Sketch("Établissement foncier des Rivages", "Friches Vivantes", "Retrouver les terrains délaissés, leur propriétaire et leur histoire.", "A", N.VOTED, S.ON_AGENDA, 28_000, 60_000, "Imagerie et occupation du sol"),
    Sketch("Observatoire citoyen des budgets", "Budget Clair", "Les budgets des communes, racontés et comparables.", "B", N.VOTED, S.ON_AGENDA, 9_000, 18_000, "Citoyenneté et démocratie"),
    Sketch("Tri Malin", "Tri Malin 06", "Où jeter quoi, autour de soi, avec des données tenues à jour.", "B", N.VOTED, S.ON_AGENDA, 13_000, 26_000, "Environnement et climat"),
    Sketch("Ports de plaisance réunis", "Anneaux ouverts", "Les places libres des ports de plaisance, en temps utile.", "A", N.COMMITTEE_HELD, S.FAVOURABLE, 24_000, 50_000, "Mer, littoral et montagne"),
    Sketch("Archives et Mémoires d’Arles", "Archives Sensibles", "Des fonds numérisés ouverts à la recherche et au récit.", "B", N.COMMITTEE_HELD, S.FAVOURABLE, 12_500, 25_000, "Culture, patrimoine et tourisme"),
    Sketch("Commune de Mont-Serein-sur-Sorgue", "Chantiers et Commerces", "Prévenir les commerces des travaux de leur rue.", "B", N.COMMITTEE_HELD, S.RESERVED, 10_000, 20_000, "Économie et entreprises"),
    Sketch("Réseau Jeunes Pousses du Littoral", "Plages Veille", "La qualité de l’eau et sa turbidité, plage par plage.", "B", N.COMMITTEE_HELD, S.DEFERRED, 14_000, 29_000, "Mer, littoral et montagne"),
    Sketch("Commune de Port-Cade", "Bornes connectées du port", "Des bornes d’information sur le quai.", "A", N.COMMITTEE_HELD, S.UNFAVOURABLE, 30_000, 61_000, "Mer, littoral et montagne"),
    Sketch("Association Air et Rivages", "Le bruit de l’étang", "Mesurer le bruit autour de l’étang avec les riverains.", "B", N.OPEN, S.DRAFT, 8_000, 16_000, "Environnement et climat"),
    Sketch("Commune de Valsereine", "Carte des fraîcheurs", "Les lieux frais de la commune, ouverts à toutes et tous les jours de canicule.", "A", N.OPEN, S.DRAFT, 13_250, 26_500, "Environnement et climat"),
    Sketch("Commune de Valsereine", "Cantine transparente", "Les menus, les achats et le gaspillage de la cantine, en données ouvertes.", "B", N.OPEN, S.SUBMITTED, 7_500, 15_000, "Administration et action publique"),
    Sketch("Parc naturel des Ocres et Cèdres", "Massifs ouverts", "L’accès aux massifs et l’état des sentiers, chaque matin.", "A", N.OPEN, S.SUBMITTED, 22_000, 45_000, "Mer, littoral et montagne"),
    Sketch("Neige et Navettes", "Neige et Navettes", "L’enneigement et les navettes dans la même poche.", "B", N.OPEN, S.INFO_REQUESTED, 15_000, 31_000, "Mobilité et transports"),
    Sketch("Association Air et Rivages", "Pollens d’ici", "Un calendrier local des pollens, tenu par les jardiniers.", "B", N.OPEN, S.INFO_REQUESTED, 6_000, 12_500, "Environnement et climat"),
    Sketch("Maison des initiatives rurales", "Covoiturage de vallée", "Des lignes de covoiturage dessinées avec les habitants.", "B", N.OPEN, S.WITHDRAWN, 9_000, 18_500, "Mobilité et transports"),
    Sketch("Commune de Sainte-Ombeline", "Éclairage sobre", "Publier et baisser la consommation de l’éclairage public.", "A", N.OPEN, S.ADMISSIBLE, 18_000, 38_000, "Énergies et réseaux"),
    Sketch("Fabrique à vélos ouverte", "Atlas des ateliers vélo", "Les ateliers, leurs outils et leurs horaires.", "B", N.OPEN, S.INADMISSIBLE, 5_000, 10_500, "Mobilité et transports"),
)  # fmt: skip
# The rest of the session of August: enough files for a ranking that deserves a discussion. They draw from a generator of
# their own, so that the references of the others stay.
AUGUST = (
    Sketch("Parc naturel des Ocres et Cèdres", "Sentiers partagés", "Randonneurs, bergers et forestiers sur la même carte, tenue par eux.", "A", N.COMMITTEE_HELD, S.FAVOURABLE, 28_000, 57_000, "Mer, littoral et montagne"),
    Sketch("Société des eaux vives", "Fuites en clair", "Les pertes des réseaux d’eau, rue par rue, ouvertes et comparables.", "A", N.COMMITTEE_HELD, S.FAVOURABLE, 26_000, 54_000, "Énergies et réseaux"),
    Sketch("Syndicat Mobilités Durance", "Bus de soirée", "Où un bus de soirée manque, d’après les sorties de travail.", "A", N.COMMITTEE_HELD, S.RESERVED, 30_000, 62_000, "Mobilité et transports"),
    Sketch("Marchés et Terroirs", "Halles ouvertes", "Les étals des halles et leurs producteurs, à jour chaque semaine.", "B", N.COMMITTEE_HELD, S.RESERVED, 18_000, 37_000, "Économie et entreprises"),
    Sketch("Chambre d’agriculture des Collines", "Ruches témoins", "Le poids des ruches comme relevé commun des floraisons.", "B", N.COMMITTEE_HELD, S.RESERVED, 9_000, 19_000, "Agriculture, sylviculture et pêche"),
    Sketch("Commune de Cap-Brégançois", "Patrimoine en poche", "Une visite guidée du village, sur téléphone.", "B", N.COMMITTEE_HELD, S.UNFAVOURABLE, 11_000, 23_000, "Culture, patrimoine et tourisme"),
    Sketch("Tiers-lieu La Forge claire", "Ronde des stades", "Réserver un terrain de sport entre associations.", "B", N.COMMITTEE_HELD, S.UNFAVOURABLE, 7_500, 16_000, "Social, santé et sports"),
)  # fmt: skip
# The themed call: theme and sub-domain codes of its own list are found by position.
LOIRE = (
    Sketch("Commune de La Haie-sur-Mayenne", "ENT primaire partagé", "Un espace numérique commun à vingt-deux écoles rurales.", "TI", N.CLOSED, S.SCORING, 140_000, 300_000, "0"),
    Sketch("Communauté de communes du Perche mancelle", "Guichet usager mutualisé", "Une seule porte pour les démarches de trois intercommunalités, avec une personne au bout du fil.", "TI", N.CLOSED, S.SCORING, 210_000, 440_000, "1"),
    Sketch("Syndicat numérique du Marais", "Cloud des petites communes", "Une informatique partagée et sobre pour soixante mairies.", "TI", N.CLOSED, S.COMMITTEE_READY, 380_000, 800_000, "1"),
    Sketch("Hôpital des Deux Vallées", "Télé-expertise en EHPAD", "Un avis de spécialiste sans transport, pour quinze établissements.", "TI", N.CLOSED, S.COMMITTEE_READY, 260_000, 540_000, "2"),
    Sketch("Réseau Santé Bocage", "Cardio mobile", "Suivre les cœurs fragiles à domicile, avec les soignants de ville.", "TI", N.CLOSED, S.UNDER_REVIEW, 190_000, 410_000, "2"),
    Sketch("Tiers-lieu Le Trait d’union", "Le Trait d’union numérique", "Un tiers-lieu pour apprendre, réparer et travailler ensemble.", "TI", N.CLOSED, S.SCORING, 95_000, 200_000, "3"),
    Sketch("Criée de la Presqu’île", "Criée connectée", "Les apports annoncés avant l’arrivée des bateaux.", "TI", N.CLOSED, S.ADMISSIBLE, 120_000, 260_000, "4"),
    Sketch("Port de plaisance des Sables clairs", "Port piloté par capteurs", "Places, courants et énergie du port, mesurés et publiés.", "TI", N.CLOSED, S.SUBMITTED, 150_000, 320_000, "4"),
    Sketch("Port de l’Estuaire", "Escale et énergie", "Brancher les navires quand le réseau le peut.", "TI", N.CLOSED, S.REDIRECTED, 600_000, 1_300_000, "4"),
    Sketch("Campus Immersif de l’Ouest", "Campus immersif", "Des travaux pratiques en réalité virtuelle pour trois lycées.", "TI", N.CLOSED, S.DROPPED, 170_000, 360_000, "0"),
    Sketch("Syndicat numérique du Marais", "Données d’eau en commun", "Les niveaux du marais, publiés par tous ceux qui les mesurent.", "TI", N.OPEN, S.SUBMITTED, 110_000, 240_000, "1"),
    Sketch("Commune de La Haie-sur-Mayenne", "Cour d’école ouverte", "Partager la cour et ses capteurs avec le quartier.", "TI", N.OPEN, S.DRAFT, 60_000, 130_000, "0"),
)  # fmt: skip
UNDECLARED = frozenset({"Le bruit de l’étang"})
"""A draft whose carrier has still to say where it stands on State aid."""
NEED = (
    "Le besoin vient du terrain : les habitants et les services posent les mêmes questions chaque saison, et les réponses "
    "dorment dans des tableurs qui ne se parlent pas."
)
METHOD = (
    "Nous rassemblons les données existantes, nous publions celles qui manquent dans un format ouvert, puis nous "
    "construisons l’outil avec celles et ceux qui s’en serviront, en trois ateliers."
)
LASTING = (
    "Après l’aide, la mise à jour entre dans le travail ordinaire de deux personnes nommées ; le code est libre, la "
    "méthode est écrite, et une commune voisine peut tout reprendre."
)


def load(at: datetime) -> None:
    """Make the applications, the older ones first, so that receipt numbers follow the deposits."""
    chance, other = Random(7), Random(17)
    permanent = db.session.scalars(calls.by_code("PERM-DATA")).one()
    themed = db.session.scalars(calls.by_code("FEDER-TI")).one()
    themes = {each.label: each for each in db.session.scalars(select(Theme))}
    listed = list(db.session.scalars(select(Theme).where(Theme.set == themed.theme_set).order_by(Theme.position)))
    prepared = [(permanent, each, themes[each.theme]) for each in SUD]
    prepared += [(themed, each, listed[int(each.theme)]) for each in LOIRE]
    made = [(_deposit(_session(call, each), at, chance), call, each, theme, chance) for call, each, theme in prepared]
    august = [(permanent, each, themes[each.theme]) for each in AUGUST]
    made += [(_deposit(_session(call, each), at, other), call, each, theme, other) for call, each, theme in august]
    for index, (deposit, call, sketch, theme, drawn) in enumerate(sorted(made, key=lambda each: each[0])):
        _application(index, call, sketch, theme, deposit, at, drawn)
        db.session.flush()  # Numbers follow the order of deposit.


def _session(call: Call, sketch: Sketch) -> CallSession:
    return next(each for each in call.sessions if each.state is sketch.session)


def _deposit(session: CallSession, at: datetime, chance: Random) -> datetime:
    last = min(session.closes_at, at - timedelta(days=2))
    return last - timedelta(days=chance.randint(1, 20), minutes=chance.randint(5, 600))


def _application(
    index: int, call: Call, sketch: Sketch, theme: Theme, deposit: datetime, at: datetime, chance: Random
) -> None:
    organisation = db.session.scalars(select(Organisation).where(Organisation.name == sketch.organisation)).one()
    session, strand = _session(call, sketch), next(each for each in call.strands if each.code == sketch.strand)
    draft_at = deposit - timedelta(days=12)
    project = _project(sketch, organisation, theme, draft_at)
    starts = local_day(deposit) + timedelta(days=150)
    application = Application(
        reference=f"DT-{''.join(chance.choice(ALPHABET) for _ in range(4))}-{''.join(chance.choice(ALPHABET) for _ in range(4))}",
        session=session, strand=strand, organisation=organisation, project=project, form_definition=strand.form_definition,
        title=sketch.title, summary=sketch.summary, description=f"{NEED}\n\n{METHOD}\n\n{LASTING}", theme=theme,
        subdomain=_subdomain(theme), territory_code=organisation.territory_code, starts_on=starts,
        ends_on=add_months(starts, 11), created_at=draft_at, saved_at=deposit, state=S.DRAFT,
        frame_note="Le projet sert l’axe 2 de la stratégie Smart Région et le Plan Climat régional.",
        requested_amount=Decimal(sketch.amount), commitments_accepted=sketch.state is not S.DRAFT, budget_lines=[],
        funding_sources=[], pieces=[], info_requests=[], datasets=[], rule_judgements=[],
    )  # fmt: skip
    db.session.add(application)
    application.answers = _answers(strand, application, sketch)
    _plan(application, sketch)
    if sketch.title not in UNDECLARED:
        declare(application, deposit)
    _datasets(application, theme, chance)
    services.refresh_pieces(application)
    journal.record("application.started", on=application, by=None, at=draft_at)
    if sketch.state is not S.DRAFT:
        _hand_in(application, sketch, deposit, at)


def _project(sketch: Sketch, organisation: Organisation, theme: Theme, at: datetime) -> Project:
    """The thread that a team began under this title, carried on by the organisation; else a new one."""
    known = db.session.scalars(select(Project).where(Project.title == sketch.title)).first()
    if known is None:
        return projects.start(
            sketch.title, at=at, by=None, organisation_id=organisation.id, theme_id=theme.id, summary=sketch.summary,
            territory=organisation.city,
        )  # fmt: skip
    known.organisation_id, known.theme_id, known.territory = organisation.id, theme.id, organisation.city
    return known


def _subdomain(theme: Theme) -> Subdomain | None:
    return db.session.scalars(
        select(Subdomain).where(Subdomain.theme_id == theme.id).order_by(Subdomain.position).limit(1)
    ).first()


def _answers(strand: CallStrand, application: Application, sketch: Sketch) -> dict[str, Any]:
    """Right answers to all that is asked: each one may open others."""
    answers: dict[str, Any] = {}
    context = services.condition_context(application)
    for question in strand.form_definition.questions:
        if question in asked(strand.form_definition.questions, answers, context) and question.kind not in UNTYPED:
            answers[question.key] = _answer(question, sketch, application.organisation)
    return answers


def _answer(question: Question, sketch: Sketch, carrier: Organisation) -> Any:
    """A right answer that goes with the project: it takes place where its carrier is, if the reference knows it."""
    if question.kind is FieldKind.TERRITORY:
        for place in find(carrier.city or "", question.levels, 1):
            return {"level": place.level.value, "code": place.code, "name": place.name}
    if question.kind is FieldKind.TABLE:
        return [_row(question, sketch, rank) for rank in range(2)]
    own = {FieldKind.NUMBER: 3 + len(sketch.title) % 7, FieldKind.LONG_TEXT: LASTING, FieldKind.TEXT: sketch.summary}
    if question.kind in own and not question.decimals:
        return own[question.kind]
    return plausible(question)


def _row(question: Question, sketch: Sketch, rank: int) -> dict[str, Any]:
    """A row of a table: words that are steps or partners, dates that follow each other, choices in turn."""
    texts = {"step": ("Collecter et nettoyer", "Publier et faire essayer"), "partner": ("Commune voisine", "Association d’habitants")}  # fmt: skip
    cells: dict[str, Any] = {}
    for each in question.columns:
        options = [code for code, _label in each.options]
        cells[each.key] = {
            FieldKind.TEXT: texts.get(each.key, ("Premier", "Second"))[rank], FieldKind.DAY: f"2027-{4 + 5 * rank:02}-30",
            FieldKind.MONEY: f"{sketch.cost // 10 * (rank + 1)}.00", FieldKind.NUMBER: 3 + rank,
            FieldKind.YES_NO: "yes", FieldKind.CHOICE: options[rank % len(options)] if options else None,
        }[each.kind]  # fmt: skip
    return cells


def _plan(application: Application, sketch: Sketch) -> None:
    cost, asked = Decimal(sketch.cost), Decimal(sketch.amount)
    staff, services_cost = (cost * 4 / 10).quantize(Decimal("0.01")), (cost * 5 / 10).quantize(Decimal("0.01"))
    lines = (
        ("Conduite du projet, 0,4 temps plein", ExpenseCategory.STAFF, staff),
        ("Collecte, ouverture et développement", ExpenseCategory.SERVICES, services_cost),
        ("Ateliers et médiation", ExpenseCategory.SERVICES, cost - staff - services_cost),
    )
    application.budget_lines = [
        BudgetLine(position=index, label=label, category=category, amount=amount)
        for index, (label, category, amount) in enumerate(lines)
    ]
    if sketch.title == "Carte des fraîcheurs":  # A draft whose plan still lacks a thousand euros.
        cost -= 1000
    public = ((cost - asked) * 4 / 10).quantize(Decimal("0.01"))
    sources = (
        ("Intercommunalité", FundingKind.PUBLIC, FundingState.SOUGHT, public),
        ("Fonds propres", FundingKind.OWN, FundingState.OBTAINED, cost - asked - public),
    )
    application.funding_sources = [
        FundingSource(position=index, label=label, kind=kind, state=state, amount=amount)
        for index, (label, kind, state, amount) in enumerate(sources)
    ]


def _datasets(application: Application, theme: Theme, chance: Random) -> None:
    known = list(db.session.scalars(select(Dataset).where(Dataset.theme_id == theme.id).order_by(Dataset.id).limit(12)))
    chosen = chance.sample(known, min(2, len(known)))
    rows: list[tuple[str, str, bool, Dataset | None]] = [
        (each.title, "Point de départ du projet", False, each) for each in chosen
    ]
    rows.append((f"{application.title}, données du projet", "Jeu que le projet crée et publie", True, None))
    application.datasets = [
        ApplicationDataset(position=index, title=title, use=use, is_opened=opened, dataset=dataset)
        for index, (title, use, opened, dataset) in enumerate(rows)
    ]


def _hand_in(application: Application, sketch: Sketch, deposit: datetime, at: datetime) -> None:
    """Give the application the past that its state supposes."""
    officer = account("instruction@region.example")
    _pieces(application, sketch, deposit)
    engage(application, deposit)
    year = local_day(deposit).year
    application.receipt_number = f"AR-{year}-{next_number('receipt', year):05d}"
    application.submitted_at, application.state = deposit, S.SUBMITTED
    application.silence_on = services.clock(application).silence_on
    journal.record(
        "application.submitted", on=application, by=None, at=deposit, after={"receipt": application.receipt_number}
    )
    services.issue_receipt(application, at=deposit)
    _live(application, sketch, officer, deposit, at)


def _live(application: Application, sketch: Sketch, officer: Account, deposit: datetime, at: datetime) -> None:
    soon = min(deposit + timedelta(days=9), at - timedelta(hours=30))
    if sketch.state is not S.SUBMITTED and sketch.state is not S.WITHDRAWN:
        application.officer_id = officer.id
    if sketch.state is S.WITHDRAWN:
        services.withdraw(application, by=officer, at=soon)
    elif sketch.state in (S.INFO_REQUESTED, S.DROPPED):
        _ask(
            application, officer, soon, overdue=sketch.title == "Neige et Navettes" or sketch.state is S.DROPPED, at=at
        )
        if sketch.state is S.DROPPED:
            services.close(
                application, "drop", "Les pièces demandées ne sont pas parvenues dans le délai.", by=officer, at=at
            )
    elif sketch.state is S.INADMISSIBLE:
        services.close(
            application, "declare_inadmissible",
            "Le coût du projet est sous le plancher de l’appel et le calendrier a commencé avant le dépôt.",
            by=officer, at=soon,
        )  # fmt: skip
    elif sketch.state is S.REDIRECTED:
        services.close(
            application, "redirect",
            "Le projet relève des réseaux intelligents d’énergie : l’objectif spécifique 2.3 l’accueille.",
            by=officer, at=soon,
        )  # fmt: skip
    elif sketch.state is not S.SUBMITTED:
        if sketch.title == "Respire Étang":
            replace_first(application, account("porteur@association.example"), officer, deposit)
        services.admit(application, by=officer, at=soon)


def _pieces(application: Application, sketch: Sketch, at: datetime) -> None:
    """Small real PDF files; a few pieces are left as the story of the file wants."""
    for index, piece in enumerate(application.asked_pieces):
        late = sketch.state in (S.INFO_REQUESTED, S.DROPPED) and index == 0
        if not piece.is_mandatory and index % 2 and piece.question_key is None:
            continue
        provide(piece, at)
        if sketch.state in (S.ADMISSIBLE, S.UNDER_REVIEW, S.SCORING, S.AWARDED):
            piece.state = PieceState.ACCEPTED
        if late:
            piece.state, piece.note = PieceState.REFUSED, "Le document n’est pas signé."
    if sketch.title == "Refonte du site communal" and application.pieces:
        application.pieces[-1].state = PieceState.EXPIRED if application.pieces[-1].file else PieceState.EXPECTED


def _ask(application: Application, officer: Account, when: datetime, *, overdue: bool, at: datetime) -> None:
    piece, choices = application.asked_pieces[0], services.choices(application)
    message = f"La pièce « {piece.label} » n’est pas signée. Déposez-la de nouveau, signée, dans votre espace."
    names = [reopening.piece(piece.id)]
    if not overdue and choices.questions:
        message += f" Précisez aussi votre réponse à « {choices.questions[0][1]} »."
        names.append(choices.questions[0][0])
    due = local_day(at) - timedelta(days=2) if overdue else local_day(at) + timedelta(days=15)
    asked_at = when if due > local_day(when) else when - timedelta(days=20)
    services.request_info(application, message, names, due, by=officer, at=asked_at)
