"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.agreements.states import AgreementFamily, AgreementState, CommitmentState, PartnerStatus

FAMILIES = {
    AgreementFamily.GRANT: _l("Convention de subvention"),
    AgreementFamily.PARTNERSHIP: _l("Convention de partenariat"),
}
A = AgreementState
STATES = {
    A.TO_PREPARE: _l("À préparer"),
    A.DRAFT: _l("Projet"),
    A.IN_REVIEW: _l("En relecture"),
    A.APPROVED: _l("Validée"),
    A.SENT: _l("Envoyée à la signature"),
    A.PARTNER_SIGNED: _l("Signée par le partenaire"),
    A.SIGNED: _l("Signée"),
    A.ACTIVE: _l("En vigueur"),
    A.TO_RENEW: _l("À renouveler"),
    A.EXPIRED: _l("Échue"),
    A.TERMINATED: _l("Résiliée"),
}
TONES = {
    A.TO_PREPARE: "warn", A.DRAFT: "pause", A.IN_REVIEW: "neutral", A.APPROVED: "neutral", A.SENT: "warn",
    A.PARTNER_SIGNED: "warn", A.SIGNED: "ok", A.ACTIVE: "ok", A.TO_RENEW: "warn", A.EXPIRED: "pause",
    A.TERMINATED: "err",
}  # fmt: skip
VERBS = {
    "prepare": _l("Préparer le projet"),
    "ask_review": _l("Demander la relecture"),
    "send_back": _l("Renvoyer au projet"),
    "approve": _l("Valider le texte"),
    "send": _l("Envoyer à la signature"),
    "sign_as_partner": _l("Signer la convention"),
    "sign_as_region": _l("Enregistrer la signature de la Région"),
    "activate": _l("Notifier et mettre en vigueur"),
    "mark_to_renew": _l("Marquer à renouveler"),
    "renew": _l("Renouveler"),
    "expire": _l("Constater l’échéance"),
    "terminate": _l("Résilier"),
    "waive": _l("Attribuer sans convention"),
}
ACTS = {
    "agreement.opened": _l("Convention à préparer"),
    "agreement.prepared": _l("Projet préparé depuis le modèle"),
    "agreement.values_set": _l("Valeurs modifiées"),
    "agreement.deliberation_set": _l("Délibération enregistrée"),
    "agreement.review_asked": _l("Relecture demandée"),
    "agreement.sent_back": _l("Renvoyée au projet"),
    "agreement.approved": _l("Texte validé"),
    "agreement.sent": _l("Envoyée à la signature"),
    "agreement.partner_signed": _l("Signée par le partenaire"),
    "agreement.region_signed": _l("Signée par la Région"),
    "agreement.activated": _l("Notifiée, en vigueur"),
    "agreement.marked_to_renew": _l("À renouveler"),
    "agreement.renewed": _l("Renouvelée"),
    "agreement.expired": _l("Échue"),
    "agreement.terminated": _l("Résiliée"),
}
P = PartnerStatus
PARTNER_STATUSES = {
    P.PROSPECT: _l("Prospect"),
    P.REQUESTED: _l("Demande reçue"),
    P.UNDER_REVIEW: _l("En instruction"),
    P.ACTIVE: _l("Conventionné"),
    P.SUSPENDED: _l("Suspendu"),
    P.LEFT: _l("Sorti du réseau"),
}
PARTNER_TONES = {
    P.PROSPECT: "pause", P.REQUESTED: "warn", P.UNDER_REVIEW: "neutral", P.ACTIVE: "ok", P.SUSPENDED: "err",
    P.LEFT: "pause",
}  # fmt: skip
PARTNER_VERBS = {
    "review": _l("Prendre en charge la demande"),
    "decline": _l("Ne pas donner suite"),
    "suspend": _l("Suspendre le partenariat"),
    "resume": _l("Reprendre le partenariat"),
    "leave": _l("Constater la sortie du réseau"),
}
C = CommitmentState
COMMITMENT_STATES = {
    C.PLANNED: _l("Prévu"),
    C.IN_PREPARATION: _l("En préparation"),
    C.PUBLISHED: _l("Publié"),
    C.UP_TO_DATE: _l("À jour"),
    C.DROPPED: _l("Abandonné"),
}
COMMITMENT_TONES = {
    C.PLANNED: "neutral", C.IN_PREPARATION: "neutral", C.PUBLISHED: "ok", C.UP_TO_DATE: "ok", C.DROPPED: "pause",
}  # fmt: skip
LATE = _l("En retard")
COMMITMENT_VERBS = {
    "start": _l("Commencer la préparation"),
    "publish": _l("Marquer publié"),
    "confirm": _l("Confirmer à jour"),
    "drop": _l("Abandonner"),
}
COMMITMENT_ACTS = {
    "commitment.started": _l("Préparation commencée"),
    "commitment.published": _l("Publié"),
    "commitment.confirmed": _l("Confirmé à jour"),
    "commitment.dropped": _l("Abandonné"),
}
FREQUENCIES = {
    "real_time": _l("En temps réel"),
    "daily": _l("Chaque jour"),
    "weekly": _l("Chaque semaine"),
    "monthly": _l("Chaque mois"),
    "quarterly": _l("Chaque trimestre"),
    "yearly": _l("Chaque année"),
    "once": _l("Une seule fois"),
}
LICENCES = {
    "lo_2_0": _l("Licence Ouverte 2.0"),
    "odbl": _l("ODbL 1.0"),
}
VARIABLE_LABELS = {
    "region_name": _l("Nom légal de la Région"),
    "region_siret": _l("SIRET de la Région"),
    "region_address": _l("Adresse de la Région"),
    "region_department": _l("Direction en charge"),
    "region_email": _l("Courriel de la direction"),
    "region_dpo_email": _l("Courriel de la personne déléguée à la protection des données"),
    "region_court": _l("Tribunal compétent"),
    "region_signatory": _l("La Région est représentée par"),
    "deliberative_body": _l("Assemblée qui vote"),
    "organisation_name": _l("Nom de l’organisme"),
    "organisation_siret": _l("SIRET de l’organisme"),
    "organisation_siren": _l("SIREN de l’organisme"),
    "organisation_kind": _l("Nature de l’organisme"),
    "organisation_rna": _l("Numéro RNA"),
    "organisation_address": _l("Siège de l’organisme"),
    "representative_name": _l("L’organisme est représenté par"),
    "representative_title": _l("En qualité de"),
    "organisation_act": _l("Acte qui autorise sa signature"),
    "framework_act": _l("Délibération-cadre (numéro et date)"),
    "deliberation_number": _l("Numéro de la délibération"),
    "deliberation_on": _l("Date de la délibération"),
    "deliberation_received_on": _l("Réception par le représentant de l’État"),
    "starts_on": _l("Début"),
    "ends_on": _l("Fin"),
    "platform_name": _l("Nom de la plateforme"),
    "platform_url": _l("Adresse de la plateforme"),
    "call_title": _l("Titre de l’appel"),
    "call_code": _l("Code de l’appel"),
    "application_reference": _l("Référence du dossier"),
    "project_title": _l("Titre du projet"),
    "project_summary": _l("Description du projet (annexe 1)"),
    "financial_rules_act": _l("Délibération du règlement financier (numéro et date)"),
    "commitment_number": _l("Numéro d’engagement"),
    "budget_line": _l("Imputation budgétaire"),
    "amount": _l("Montant de la subvention"),
    "amount_in_words": _l("Montant en lettres"),
    "eligible_cost": _l("Dépenses subventionnables"),
    "rate": _l("Taux"),
    "tax_basis": _l("Assiette"),
    "advance_rate": _l("Part versée en avance"),
    "advance_amount": _l("Montant de l’avance"),
    "balance_amount": _l("Montant du solde"),
    "minimum_payment": _l("Plus petit versement possible"),
    "instalment_threshold": _l("Part des dépenses qui ouvre un acompte"),
    "instalment_cap": _l("Part versée en avance et acomptes, au plus (0 : pas d’acompte)"),
    "evidence_due_on": _l("Dernière demande de versement"),
    "data_due_on": _l("Publication des données"),
    "data_licence": _l("Licence des données"),
    "state_aid_scheme": _l("Régime d’aide d’État (SA…)"),
    "de_minimis_received": _l("Aides de minimis déclarées"),
    "retention": _l("Conservation des pièces"),
    "unspent_share": _l("Part non consommée qui peut être gardée"),
    "partner_interest": _l("Intérêt du partenaire (préambule)"),
    "contact_name": _l("Personne référente du partenaire"),
    "organisation_dpo": _l("Contact du partenaire pour les données personnelles"),
    "latest_end_on": _l("Terme maximal"),
    "notice": _l("Préavis de résiliation"),
    "subcontractor_name": _l("Prestataire du partenaire"),
}
CONDITIONS = {
    "is_association": _l("Association ou fondation"),
    "is_private": _l("Organisme de droit privé"),
    "is_private_above_threshold": _l("Convention obligatoire (plus de 23 000 €)"),
    "has_advance": _l("Avance"),
    "has_instalments": _l("Acomptes"),
    "is_european": _l("Cofinancement européen"),
    "opens_data": _l("Ouverture de données"),
    "is_de_minimis": _l("Aide de minimis"),
    "has_state_aid_scheme": _l("Régime d’aide d’État"),
    "has_partner_act": _l("Acte du partenaire"),
    "has_tacit_renewal": _l("Reconduction tacite"),
    "region_opens_data": _l("La Région ouvre aussi des données"),
    "has_subcontractor": _l("Prestataire du partenaire"),
}
