"""Demonstration accounts, their roles, and sixty fictional organisations in real territories."""

from datetime import datetime, timedelta

from stdnum import luhn

from programme.accounts.models import Account, RoleGrant
from programme.accounts.services import hash_password
from programme.accounts.states import AccountState, Role
from programme.core.identifiers import fold, slugify
from programme.extensions import db
from programme.organisations.models import Membership, Organisation, OrganisationCategory
from programme.organisations.states import ActorCategory, MembershipRole, MembershipState, OrganisationKind

PASSWORD = "Demo-programme-2026"
STAFF = (
    ("admin@region.example", "Alix Admin", (Role.ADMIN,)),
    ("agent@region.example", "Camille Roux", (Role.OFFICER_PROGRAMME,)),
    ("instruction@region.example", "Dominique Faure", (Role.OFFICER_FILE,)),
    ("direction@region.example", "Maxime Giraud", (Role.DIRECTION,)),
    ("finances@region.example", "Claude Meyer", (Role.FINANCE,)),
    ("elue@region.example", "Andrée Vidal", (Role.ELECTED,)),
    ("dpo@region.example", "Sacha Benoît", (Role.DPO,)),
)
JURY = (
    ("jury1@region.example", "Inès Lambert"), ("jury2@region.example", "Karim Haddad"),
    ("jury3@region.example", "Louise Perrin"), ("jury4@region.example", "Noé Castel"),
    ("jury5@region.example", "Fatou Diallo"), ("jury6@region.example", "Yann Le Goff"),
)  # fmt: skip
OTHERS = (
    ("porteur@association.example", "Jeanne Martin"),
    ("porteur@commune.example", "Paul Esposito"),
    ("partenaire@metropole.example", "Sofia Moreau"),
    ("participant@ecole.example", "Léo Blanchard"),
    ("reutilisateur@startup.example", "Mina Cohen"),
)
K, C = OrganisationKind, ActorCategory
# Name, kind, town, department, places in the network. The first four belong to demonstration accounts.
ORGANISATIONS = (
    ("Association Air et Rivages", K.ASSOCIATION, "Berre-l’Étang", "13", (C.REUSER, C.FACILITATOR)),
    ("Commune de Valsereine", K.LOCAL_AUTHORITY, "Digne-les-Bains", "04", (C.PRODUCER,)),
    ("Métropole des Deux Rives", K.GROUPING, "Marseille", "13", (C.PRODUCER, C.FACILITATOR)),
    ("Quai Fluide", K.SMALL_COMPANY, "Fos-sur-Mer", "13", (C.REUSER,)),
    ("Atelier Canopée", K.ASSOCIATION, "Nice", "06", (C.REUSER,)),
    ("Commune de Haute-Ubaye-le-Vieux", K.LOCAL_AUTHORITY, "Barcelonnette", "04", (C.PRODUCER,)),
    ("Communauté de communes du Pays des Lavandes", K.GROUPING, "Manosque", "04", (C.PRODUCER,)),
    ("Syndicat mixte Énergies des Écrins", K.GROUPING, "Gap", "05", (C.PRODUCER,)),
    ("Commune de Briançonnet-d’en-Haut", K.LOCAL_AUTHORITY, "Briançon", "05", (C.PRODUCER,)),
    ("Agence Santé des Vallées", K.PUBLIC_BODY, "Gap", "05", (C.PRODUCER,)),
    ("Coopérative Rivage", K.SMALL_COMPANY, "Toulon", "83", (C.REUSER,)),
    ("Commune de Port-Cade", K.LOCAL_AUTHORITY, "Hyères", "83", (C.PRODUCER,)),
    ("Communauté d’agglomération Rade et Collines", K.GROUPING, "Toulon", "83", (C.PRODUCER,)),
    ("Établissement foncier des Rivages", K.PUBLIC_BODY, "Marseille", "13", (C.PRODUCER,)),
    ("Atelier Foncier commun", K.ASSOCIATION, "Berre-l’Étang", "13", (C.REUSER,)),
    ("Canal de la Crau, groupement d’irrigants", K.ASSOCIATION, "Arles", "13", (C.PRODUCER, C.REUSER)),
    ("Université du Sud numérique", K.UNIVERSITY, "Aix-en-Provence", "13", (C.ACADEMIC, C.REUSER)),
    ("École des données du Midi", K.ASSOCIATION, "Marseille", "13", (C.FACILITATOR, C.REUSER)),
    ("Chambre des métiers de la donnée", K.CHAMBER, "Avignon", "84", (C.FACILITATOR,)),
    ("Commune de Mont-Serein-sur-Sorgue", K.LOCAL_AUTHORITY, "Carpentras", "84", (C.PRODUCER,)),
    ("Marchés et Terroirs", K.ASSOCIATION, "Apt", "84", (C.REUSER,)),
    ("Parc naturel des Ocres et Cèdres", K.PUBLIC_BODY, "Apt", "84", (C.PRODUCER,)),
    ("Métropole de la Baie", K.GROUPING, "Nice", "06", (C.PRODUCER,)),
    ("Commune de Saint-Brès-les-Orangers", K.LOCAL_AUTHORITY, "Antibes", "06", (C.PRODUCER,)),
    ("Communauté d’agglomération Pays des Parfums", K.GROUPING, "Grasse", "06", (C.PRODUCER,)),
    ("Ports de plaisance réunis", K.MIXED_COMPANY, "Cannes", "06", (C.PRODUCER,)),
    ("Tri Malin", K.SMALL_COMPANY, "Grasse", "06", (C.REUSER,)),
    ("Port de commerce du Golfe", K.PUBLIC_BODY, "Fos-sur-Mer", "13", (C.PRODUCER,)),
    ("Neige et Navettes", K.SMALL_COMPANY, "Briançon", "05", (C.REUSER,)),
    ("Observatoire citoyen des budgets", K.ASSOCIATION, "Gap", "05", (C.REUSER,)),
    ("Commune de Roche-Vieille", K.LOCAL_AUTHORITY, "Forcalquier", "04", (C.PRODUCER,)),
    ("Tiers-lieu La Forge claire", K.ASSOCIATION, "Forcalquier", "04", (C.FACILITATOR,)),
    ("Archives et Mémoires d’Arles", K.PUBLIC_BODY, "Arles", "13", (C.PRODUCER,)),
    ("Syndicat Mobilités Durance", K.GROUPING, "Pertuis", "84", (C.PRODUCER,)),
    ("Toits Lumière", K.SMALL_COMPANY, "Gap", "05", (C.REUSER,)),
    ("Doc’Proche", K.SMALL_COMPANY, "Digne-les-Bains", "04", (C.REUSER,)),
    ("Agence d’urbanisme Littoral", K.PUBLIC_BODY, "Marseille", "13", (C.PRODUCER, C.ACADEMIC)),
    ("Laboratoire Données et Territoires", K.UNIVERSITY, "Avignon", "84", (C.ACADEMIC,)),
    ("Chambre d’agriculture des Collines", K.CHAMBER, "Draguignan", "83", (C.PRODUCER,)),
    ("Commune de Cap-Brégançois", K.LOCAL_AUTHORITY, "Bormes-les-Mimosas", "83", (C.PRODUCER,)),
    ("Département fictif des Trois Vallées", K.LOCAL_AUTHORITY, "Gap", "05", (C.PRODUCER,)),
    ("Société des eaux vives", K.MIXED_COMPANY, "Aix-en-Provence", "13", (C.PRODUCER,)),
    ("Grande Logistique Méditerranée", K.COMPANY, "Vitrolles", "13", (C.REUSER,)),
    ("Réseau Santé Bocage", K.PUBLIC_BODY, "Angers", "49", (C.PRODUCER,)),
    ("Commune de La Haie-sur-Mayenne", K.LOCAL_AUTHORITY, "Laval", "53", (C.PRODUCER,)),
    ("Communauté de communes du Perche mancelle", K.GROUPING, "Le Mans", "72", (C.PRODUCER,)),
    ("Syndicat numérique du Marais", K.GROUPING, "La Roche-sur-Yon", "85", (C.PRODUCER, C.FACILITATOR)),
    ("Port de l’Estuaire", K.PUBLIC_BODY, "Saint-Nazaire", "44", (C.PRODUCER,)),
    ("Criée de la Presqu’île", K.MIXED_COMPANY, "Le Croisic", "44", (C.PRODUCER,)),
    ("Tiers-lieu Le Trait d’union", K.ASSOCIATION, "Châteaubriant", "44", (C.FACILITATOR,)),
    ("Campus Immersif de l’Ouest", K.UNIVERSITY, "Laval", "53", (C.ACADEMIC,)),
    ("Hôpital des Deux Vallées", K.PUBLIC_BODY, "Cholet", "49", (C.PRODUCER,)),
    ("Port de plaisance des Sables clairs", K.MIXED_COMPANY, "Les Sables-d’Olonne", "85", (C.PRODUCER,)),
    ("Réseau Jeunes Pousses du Littoral", K.ASSOCIATION, "La Ciotat", "13", (C.FACILITATOR,)),
    ("Météo des Calanques", K.SMALL_COMPANY, "Cassis", "13", (C.REUSER,)),
    ("Maison des initiatives rurales", K.ASSOCIATION, "Sisteron", "04", (C.FACILITATOR,)),
    ("Préfecture de démonstration", K.STATE_SERVICE, "Marseille", "13", (C.PRODUCER,)),
    ("Fabrique à vélos ouverte", K.ASSOCIATION, "Aix-en-Provence", "13", (C.REUSER,)),
    ("Commune de Sainte-Ombeline", K.LOCAL_AUTHORITY, "Draguignan", "83", (C.PRODUCER,)),
    ("Institut Climat et Récits", K.UNIVERSITY, "Nice", "06", (C.ACADEMIC, C.REUSER)),
)
MEMBERS = (
    ("porteur@association.example", "Association Air et Rivages", MembershipRole.OWNER),
    ("porteur@commune.example", "Commune de Valsereine", MembershipRole.OWNER),
    ("partenaire@metropole.example", "Métropole des Deux Rives", MembershipRole.OWNER),
    ("reutilisateur@startup.example", "Quai Fluide", MembershipRole.OWNER),
)
SIGNATORIES = ("Hélène Arnaud", "Marc Tessier", "Nadia Belkacem", "Olivier Garcin", "Rose Delmas", "Thierry Nguyen")


def fictional_siret(index: int) -> str:
    """A SIRET with a right key that no undertaking can have: no SIREN begins with three zeros."""
    siren = f"000{index:05d}"
    siren += luhn.calc_check_digit(siren)
    nic = f"{siren}0001"
    return nic + luhn.calc_check_digit(nic)


def account(email: str) -> Account:
    """A demonstration account by its address."""
    return db.session.query(Account).filter_by(email=email).one()


def load(at: datetime) -> None:
    """Accounts, organisations, memberships; one account and one membership in each state."""
    hashed = hash_password(PASSWORD)
    since = at - timedelta(days=700)
    people = [(email, name, roles) for email, name, roles in STAFF] + [(e, n, ()) for e, n in (*JURY, *OTHERS)]
    made = {}
    for email, name, roles in people:
        made[email] = Account(
            email=email, display_name=name, password_hash=hashed, state=AccountState.ACTIVE, created_at=since,
            confirmed_at=since, grants=[RoleGrant(role=role, granted_at=since) for role in roles],
        )  # fmt: skip
    waiting = Account(
        email="attente@association.example", display_name="Gaël Attente", password_hash=hashed,
        state=AccountState.UNCONFIRMED, created_at=at,
    )  # fmt: skip
    closed = Account(
        email="ancien@region.example", display_name="Ancien Agent", password_hash=hashed, state=AccountState.CLOSED,
        created_at=since, confirmed_at=since,
    )  # fmt: skip
    db.session.add_all([*made.values(), waiting, closed])
    organisations = {row[0]: _organisation(index, row, since) for index, row in enumerate(ORGANISATIONS, start=1)}
    db.session.add_all(organisations.values())
    db.session.flush()  # Memberships tie rows by number.
    for email, name, role in MEMBERS:
        db.session.add(_member(made[email], organisations[name], role, MembershipState.ACTIVE, since))
    air = organisations["Association Air et Rivages"]
    db.session.add(_member(waiting, air, MembershipRole.READER, MembershipState.REQUESTED, at))
    db.session.add(_member(closed, air, MembershipRole.EDITOR, MembershipState.ENDED, since))
    db.session.flush()


def _organisation(
    index: int, row: tuple[str, OrganisationKind, str, str, tuple[ActorCategory, ...]], at: datetime
) -> Organisation:
    name, kind, city, territory, categories = row
    title = {K.LOCAL_AUTHORITY: "maire", K.GROUPING: "président", K.SMALL_COMPANY: "gérante"}.get(kind, "présidente")
    return Organisation(
        name=name, sort_name=fold(name), slug=slugify(name), siret=fictional_siret(index), kind=kind, city=city,
        territory_code=territory, address=f"{index} place de la Fontaine", is_demo=True, created_at=at,
        rna=f"W{130000000 + index}" if kind is K.ASSOCIATION else None,
        representative_name=SIGNATORIES[index % len(SIGNATORIES)], representative_title=title,
        categories=[OrganisationCategory(category=each) for each in categories],
    )  # fmt: skip


def _member(
    person: Account, organisation: Organisation, role: MembershipRole, state: MembershipState, at: datetime
) -> Membership:
    return Membership(organisation=organisation, account=person, role=role, state=state, since=at)
