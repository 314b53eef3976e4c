"""Partners and conventions of the demonstration Region: every state of an agreement, a partner and a commitment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.agreements import services
from programme.agreements.models import Agreement, Commitment, PartnershipRequest
from programme.agreements.states import AgreementFamily
from programme.agreements.states import AgreementState as S
from programme.cli.demo.people import account
from programme.core.clock import local_day
from programme.core.identifiers import ALPHABET
from programme.extensions import db
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipRole, MembershipState

STEPS = ("prepare", "fill", "ask_review", "approve", "send", "sign_as_partner", "sign_as_region", "activate")
DAYS = dict(zip(STEPS, (8, 10, 16, 22, 40, 52, 60, 62), strict=True))
REACHED = {
    S.TO_PREPARE: 0, S.DRAFT: 2, S.IN_REVIEW: 3, S.APPROVED: 4, S.SENT: 5, S.PARTNER_SIGNED: 6, S.SIGNED: 7, S.ACTIVE: 8,
    S.TO_RENEW: 8, S.EXPIRED: 8, S.TERMINATED: 8,
}  # fmt: skip


@dataclass(frozen=True)
class Sketch:
    """One partner: who, how far, asked how many days ago, what it wishes, the data sets with their days from now."""

    name: str
    state: S
    age: int
    wish: str
    datasets: tuple[tuple[str, int, str], ...]
    term: int | None = None


# Title of the data set, day of the promise counted from today (negative: past), and what became of it.
PARTNERS = (
    Sketch("Métropole des Deux Rives", S.ACTIVE, 420, "publier ses données de mobilité et être aidée pour les formats.", (
        ("Comptages vélo, par borne et par heure", -210, "up_to_date"), ("Arrêts et horaires du réseau de bus", -150, "published"),
        ("Arbres et îlots de fraîcheur", -12, "late"), ("Chantiers sur la voie publique", 75, "in_preparation"),
    )),
    Sketch("Communauté d’agglomération Rade et Collines", S.ACTIVE, 380, "ouvrir ses données de qualité des eaux de baignade.", (
        ("Qualité des eaux de baignade", -160, "up_to_date"), ("Turbidité après les pluies", -40, "late"),
    )),
    Sketch("Syndicat mixte Énergies des Écrins", S.ACTIVE, 350, "partager le cadastre solaire de ses communes.", (
        ("Cadastre solaire des toitures", -120, "published"), ("Consommation d’énergie des bâtiments publics", -90, "up_to_date"),
    )),
    Sketch("Parc naturel des Ocres et Cèdres", S.ACTIVE, 330, "faire connaître ses sentiers et l’accès aux massifs.", (
        ("Sentiers balisés", -100, "up_to_date"), ("Accès aux massifs, jour par jour", 20, "planned"),
    )),
    Sketch("Métropole de la Baie", S.ACTIVE, 310, "publier ses arbres, ses fontaines et ses îlots de chaleur.", (
        ("Arbres d’alignement", -90, "published"), ("Fontaines et points d’eau", -60, "published"), ("Bruit routier", -30, "dropped"),
    )),
    Sketch("Commune de Port-Cade", S.ACTIVE, 290, "ouvrir ses premiers jeux de données, avec un accompagnement.", (
        ("Marchés et terrasses", -35, "published"), ("Budget primitif et comptes", 60, "in_preparation"),
    )),
    Sketch("Syndicat Mobilités Durance", S.ACTIVE, 270, "diffuser ses horaires dans un format ouvert.", (
        ("Horaires des lignes interurbaines", -45, "up_to_date"), ("Aires de covoiturage", -8, "late"),
    )),
    Sketch("Établissement foncier des Rivages", S.ACTIVE, 250, "partager l’inventaire des friches.", (
        ("Friches et foncier mobilisable", -20, "published"),
    )),
    Sketch("Commune de Saint-Brès-les-Orangers", S.TO_RENEW, 600, "tenir à jour ses prénoms et ses équipements.", (
        ("Prénoms déclarés à l’état civil", -400, "up_to_date"), ("Équipements sportifs", -300, "published"),
    ), term=60),
    Sketch("Archives et Mémoires d’Arles", S.EXPIRED, 650, "ouvrir ses fonds numérisés.", (
        ("Registres paroissiaux numérisés", -420, "published"),
    ), term=-25),
    Sketch("Société des eaux vives", S.TERMINATED, 500, "publier la pluie et le niveau des réservoirs.", (
        ("Niveau des réservoirs", -240, "dropped"),
    )),
    Sketch("Communauté d’agglomération Pays des Parfums", S.SIGNED, 64, "ouvrir ses points d’apport et ses collectes.", (
        ("Points d’apport volontaire", 90, "planned"), ("Calendrier des collectes", 150, "planned"),
    )),
    Sketch("Port de commerce du Golfe", S.PARTNER_SIGNED, 58, "partager ses escales et le trafic des poids lourds.", (
        ("Escales prévues", 80, "planned"), ("Trafic des poids lourds", 170, "planned"),
    )),
    Sketch("Agence Santé des Vallées", S.SENT, 48, "publier les temps d’accès aux soins.", (
        ("Temps d’accès aux professionnels de santé", 120, "planned"),
    )),
    Sketch("Chambre d’agriculture des Collines", S.APPROVED, 30, "ouvrir ses relevés de pluie.", (
        ("Relevés pluviométriques", 140, "planned"),
    )),
    Sketch("Agence d’urbanisme Littoral", S.IN_REVIEW, 24, "publier l’occupation du sol.", (
        ("Occupation du sol au 1/5 000", 200, "planned"),
    )),
    Sketch("Commune de Cap-Brégançois", S.DRAFT, 14, "ouvrir ses places de stationnement.", (
        ("Places de stationnement", 160, "planned"), ("Mouillages organisés", 190, "planned"),
    )),
    Sketch("Département fictif des Trois Vallées", S.TO_PREPARE, 9, "publier les comptages routiers.", (
        ("Comptages routiers", 210, "planned"),
    )),
)  # fmt: skip
WAITING = (
    (
        "Commune de Roche-Vieille",
        6,
        "publier ses délibérations et son budget.",
        "Délibérations du conseil municipal",
        120,
    ),
    (
        "Communauté de communes du Pays des Lavandes",
        2,
        "ouvrir ses sentiers et ses hébergements.",
        "Hébergements touristiques",
        150,
    ),
)
DECLINED = ("Grande Logistique Méditerranée", 90, "recevoir des données de trafic.", "Mouvements de camions", 200)
TO_SIGN = "Association Air et Rivages"
SUSPENDED = "Établissement foncier des Rivages"
# What becomes of the awarded files, in their order; the rest stays to be prepared.
GRANTS = (S.SENT, S.ACTIVE, S.SIGNED, S.DRAFT, S.PARTNER_SIGNED, S.IN_REVIEW, S.APPROVED, S.ACTIVE)
GRANT_VALUES = {
    "framework_act": "25-0611 du 12 décembre 2025", "financial_rules_act": "24-0188 du 26 avril 2024",
    "budget_line": "chapitre 930, article 65748", "de_minimis_received": "aucune",
}  # fmt: skip


class Demo:
    """The people who act, the instant of the demonstration, and a chance that is always the same."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.chance = Random(7)
        self.programme, self.file = account("agent@region.example"), account("instruction@region.example")
        self.finance, self.direction = account("finances@region.example"), account("direction@region.example")

    def reference(self) -> str:
        """A reference that is the same at each loading."""
        return "C-" + "-".join("".join(self.chance.choices(ALPHABET, k=4)) for _ in range(2))

    def owner(self, organisation: Organisation) -> Account:
        """Who signs for the organisation: its demonstration account, else one made for it."""
        found = db.session.scalars(
            select(Membership).where(
                Membership.organisation_id == organisation.id, Membership.role == MembershipRole.OWNER,
                Membership.state == MembershipState.ACTIVE,
            )
        ).first()  # fmt: skip
        if found is not None:
            return found.account
        name = organisation.representative_name or "Personne référente"
        person = Account(
            email=f"contact@{organisation.slug}.example", display_name=name, state=AccountState.ACTIVE,
            created_at=organisation.created_at, confirmed_at=organisation.created_at,
        )  # fmt: skip
        db.session.add(Membership(
            organisation=organisation, account=person, role=MembershipRole.OWNER, state=MembershipState.ACTIVE,
            since=organisation.created_at,
        ))  # fmt: skip
        db.session.flush()  # The acts below name the person.
        return person


def load(at: datetime) -> None:
    """Requests, partners, conventions and commitments around an instant. Inside one unit of work."""
    demo = Demo(at)
    services.install_templates(at=at - timedelta(days=690))
    for sketch in PARTNERS:
        _partner(demo, sketch)
    for name, age, wish, dataset, due in WAITING:
        _ask(demo, name, age, wish, ((dataset, due, "planned"),))
    _decline(demo)
    _suspend(demo)
    _conventions_of_awards(demo)


def _ask(demo: Demo, name: str, age: int, wish: str, datasets: tuple[tuple[str, int, str], ...]) -> PartnershipRequest:
    organisation = db.session.scalars(select(Organisation).where(Organisation.name == name)).one()
    person = demo.owner(organisation)
    asked_at = demo.at - timedelta(days=age)
    frequencies = ("daily", "weekly", "monthly", "quarterly", "yearly")
    rows = [
        {
            "title": title,
            "due_on": local_day(demo.at) + timedelta(days=due),
            "frequency": demo.chance.choice(frequencies),
        }
        for title, due, _fate in datasets
    ]
    request = services.request_partnership(
        organisation, wishes=wish, contact_name=person.display_name, contact_email=person.email, datasets=rows,
        nonce=f"demo-{organisation.slug}"[:60], by=person, at=asked_at,
    )  # fmt: skip
    db.session.flush()  # The convention names the request.
    return request


def _partner(demo: Demo, sketch: Sketch) -> None:
    request = _ask(demo, sketch.name, sketch.age, sketch.wish, sketch.datasets)
    base = request.asked_at
    services.lead_partner(request.partnership, "review", by=demo.programme, at=base + timedelta(days=4))
    agreement = services.open_for_request(
        request, by=demo.programme, at=base + timedelta(days=6), reference=demo.reference()
    )
    db.session.flush()  # Preparing reads the request again.
    values = {
        "framework_act": "25-0612 du 12 décembre 2025",
        "organisation_act": f"la délibération {demo.chance.randint(3, 60)} de son assemblée",
    }
    if sketch.term is not None:
        values["ends_on"] = (local_day(demo.at) + timedelta(days=sketch.term)).isoformat()
    if sketch.state is S.DRAFT:
        values.pop("framework_act")
    _walk(
        demo, agreement, sketch.state, when=lambda step: base + timedelta(days=DAYS[step]), values=values,
        officer=demo.programme,
    )  # fmt: skip
    for commitment, (_title, _due, fate) in zip(agreement.commitments, sketch.datasets, strict=True):
        _follow(demo, commitment, fate, demo.at)
    _end(demo, agreement, sketch)


def _walk(
    demo: Demo,
    agreement: Agreement,
    target: S,
    *,
    when: Callable[[str], datetime],
    values: dict[str, str],
    officer: Account,
) -> None:
    """Each step by its service, by the person who does it, at its day."""
    for step in STEPS[: REACHED[target]]:
        at = when(step)
        if step == "fill":
            _fill(agreement, values, officer, at)
        elif step == "sign_as_partner":
            organisation = agreement.organisation
            services.sign_as_partner(
                agreement, name=organisation.representative_name or "", capacity=organisation.representative_title or "",
                text_sha256=agreement.text_sha256 or "", by=demo.owner(organisation), at=at,
            )  # fmt: skip
        elif step == "sign_as_region":
            services.sign_as_region(
                agreement, name="Maxime Giraud", capacity="direction générale, par délégation", on=local_day(at),
                by=demo.direction, at=at,
            )  # fmt: skip
        else:
            by = {"approve": demo.finance, "send": demo.direction, "activate": demo.direction}.get(step, officer)
            getattr(services, step)(agreement, by=by, at=at)


def _fill(agreement: Agreement, values: dict[str, str], officer: Account, at: datetime) -> None:
    if agreement.family is AgreementFamily.PARTNERSHIP and "framework_act" in values:
        voted_on = _sitting(local_day(at))
        services.set_deliberation(
            agreement, f"{voted_on:%y}-{voted_on:%m}90", "Conventions de partenariat pour l’ouverture des données",
            voted_on=voted_on, published_on=voted_on + timedelta(days=3), received_on=voted_on + timedelta(days=4),
            by=officer, at=at,
        )  # fmt: skip
    services.set_values(agreement, values, frozenset(agreement.flags), version=None, by=officer, at=at)


def _sitting(day: date) -> date:
    """The sitting of the commission that authorises a convention: the first of the month."""
    return day.replace(day=1)


def _follow(demo: Demo, commitment: Commitment, fate: str, at: datetime) -> None:
    by = demo.programme
    day = datetime.combine(commitment.due_on, at.timetz())
    if fate == "in_preparation":
        services.follow(commitment, "start", by=by, at=at - timedelta(days=9))
    if fate in ("published", "up_to_date"):
        services.follow(commitment, "publish", by=by, at=day - timedelta(days=demo.chance.randint(1, 12)))
    if fate == "up_to_date":
        services.follow(commitment, "confirm", by=by, at=at - timedelta(days=demo.chance.randint(2, 20)))
    if fate == "dropped":
        services.follow(
            commitment,
            "drop",
            by=by,
            at=day,
            reason="Le producteur a changé de prestataire : ces données ne lui appartiennent plus.",
        )


def _end(demo: Demo, agreement: Agreement, sketch: Sketch) -> None:
    if sketch.state is S.TO_RENEW:
        services.mark_to_renew(agreement, by=demo.programme, at=demo.at - timedelta(days=20))
    if sketch.state is S.EXPIRED:
        services.expire(agreement, by=demo.programme, at=demo.at - timedelta(days=24))
    if sketch.state is S.TERMINATED:
        services.terminate(
            agreement, "Le partenaire ne maîtrise plus ces données ; il l’a fait savoir par lettre.",
            on=local_day(demo.at - timedelta(days=110)), by=demo.direction, at=demo.at - timedelta(days=110),
        )  # fmt: skip


def _decline(demo: Demo) -> None:
    name, age, wish, dataset, due = DECLINED
    request = _ask(demo, name, age, wish, ((dataset, due, "planned"),))
    services.lead_partner(
        request.partnership, "decline", by=demo.programme, at=request.asked_at + timedelta(days=12),
        reason="La demande porte sur des données à recevoir, non à ouvrir : la galerie et la plateforme y répondent déjà.",
    )  # fmt: skip


def _suspend(demo: Demo) -> None:
    organisation = db.session.scalars(select(Organisation).where(Organisation.name == SUSPENDED)).one()
    place = services.network.place_of(organisation, at=demo.at)
    services.lead_partner(place, "suspend", by=demo.direction, at=demo.at - timedelta(days=5))


def _conventions_of_awards(demo: Demo) -> None:
    waiting = db.session.scalars(
        select(Agreement)
        .where(Agreement.family == AgreementFamily.GRANT, Agreement.state == S.TO_PREPARE)
        .options(joinedload(Agreement.application), selectinload(Agreement.commitments))
        .order_by(Agreement.id)
    ).all()
    # The file of the demonstration applicant comes first: its convention is the one to sign.
    waiting = sorted(waiting, key=lambda each: each.organisation.name != TO_SIGN)
    for index, (agreement, state) in enumerate(zip(waiting, GRANTS, strict=False)):
        agreement.reference = demo.reference()
        values = {**GRANT_VALUES, "commitment_number": f"E26-{410 + index:05d}"}
        _walk(demo, agreement, state, when=_after(agreement.opened_at, demo.at), values=values, officer=demo.file)


def _after(opened_at: datetime, at: datetime) -> Callable[[str], datetime]:
    """The day of each step after the vote, squeezed before the instant of the demonstration."""
    room = max(at - opened_at, timedelta(hours=12)) * 0.9
    pace = min(timedelta(days=1), room / DAYS["activate"])
    return lambda step: opened_at + pace * DAYS[step]
