"""What the demonstration events say: fictional organisations and people, real territories."""

RULES = """Article 1. L’événement est gratuit. Il est ouvert à toute personne de 16 ans et plus ; les agents de la Région qui l’organisent ne concourent pas.

Article 2. Chaque équipe réunit le nombre de personnes indiqué sur la page. Une personne est dans une seule équipe.

Article 3. Les équipes gardent les droits sur ce qu’elles créent. Le code remis est publié sous une licence ouverte, et chaque jeu de données utilisé est cité.

Article 4. Le jury note l’usage des données, l’utilité pour les habitants, l’innovation, la qualité du prototype, la suite prévue et la présentation. Une personne du jury liée à une équipe se déporte.

Article 5. Les photos et vidéos ne montrent que les personnes qui l’acceptent. On peut changer d’avis à tout moment en écrivant à la Région.

Article 6. Les réponses données à l’inscription sont effacées douze mois après l’événement."""

WATER = {
    "title": "L’eau qui reste",
    "summary": "Quarante-huit heures à Arles pour compter, partager et économiser l’eau avec les données de la région.",
    "description": "Trois étés de sécheresse ont changé les règles. Les gestionnaires de canaux, les régies et les communes ont ouvert leurs débits, leurs niveaux et leurs fuites. Cent personnes ont travaillé deux jours pour en faire des services.\n\nLes prototypes sont suivis pendant un an : à un, trois, six et douze mois, la Région demande des nouvelles.",
    "schedule": "Vendredi 17 h 00, accueil et présentation des défis\nVendredi 19 h 00, formation des équipes, dîner\nSamedi 9 h 00, travail avec les producteurs de données\nSamedi 18 h 00, point d’étape, quatre minutes par équipe\nDimanche 14 h 00, remise des prototypes\nDimanche 15 h 00, présentations : quatre minutes, puis quatre minutes de questions\nDimanche 17 h 00, résultats",
    "place": "Arles, friche des Ateliers",
    "address": "Parc des Ateliers, 13200 Arles",
}
WATER_CHALLENGES = (
    (
        "Voir les fuites avant les habitants",
        "Société des eaux vives",
        "experimented",
        "3 000,00 € et trois mois de test avec la régie",
        "La régie sait en fin de mois combien d’eau se perd, jamais où. Comment repérer un secteur qui fuit en une nuit, avec les seuls débits que les compteurs de secteur envoient déjà ?",
        ("eau débit", "réseau eau"),
    ),
    (
        "Partager l’eau du canal",
        "Canal de la Crau, groupement d’irrigants",
        "solved",
        "2 000,00 €",
        "Trois cents irrigants se partagent un canal. Les tours d’eau sont écrits sur un cahier. Comment les rendre visibles, justes et faciles à échanger ?",
        ("irrigation", "pluie", "parcelle"),
    ),
    (
        "Prévoir les restrictions, commune par commune",
        "Préfecture de démonstration",
        "unsolved",
        None,
        "Un arrêté de restriction tombe souvent un vendredi soir. Comment l’annoncer deux semaines avant, avec un degré de confiance que tout le monde comprend ?",
        ("météo", "nappe", "commune"),
    ),
)
# Name, pitch, state, challenge (rank or None), size.
WATER_TEAMS = (
    (
        "Les Veilleurs de nuit",
        "Repérer une fuite entre 2 h et 4 h du matin, quand personne ne tire d’eau.",
        "winner",
        0,
        5,
    ),
    ("Tour d’eau", "Le cahier du canal dans la poche de chaque irrigant.", "winner", 1, 5),
    ("Goutte à goutte", "Un kit de trente euros pour compter l’eau d’un lycée.", "special_mention", 0, 4),
    ("Nappe phréatique et frite", "La nappe racontée aux enfants par un puits qui parle.", "special_mention", None, 4),
    ("Sources sûres", "Une carte des sources publiques et de leur état.", "finalist", None, 5),
    ("Crau d’eau", "Échanger un tour d’eau contre un autre, en deux messages.", "finalist", 1, 4),
    ("L’arrosoir", "Dire à chaque jardin quand arroser, et quand s’en passer.", "finalist", 2, 4),
    ("Delta", "Suivre le sel qui remonte dans le delta, à partir des relevés des gardes.", "finalist", None, 5),
    ("Compteur ouvert", "Publier la consommation des bâtiments publics, chaque matin.", "not_selected", 0, 4),
    ("Secteur 12", "Comparer chaque secteur à lui-même, un an plus tôt.", "not_selected", 0, 4),
    ("Martelière", "Savoir quelle vanne est ouverte, sans aller la voir.", "not_selected", 1, 4),
    ("Les Roubines", "Cartographier les fossés que personne n’a jamais dessinés.", "not_selected", 1, 4),
    ("Quinze jours", "Les restrictions à venir, avec leur marge d’erreur.", "not_selected", 2, 5),
    ("Arrêté clair", "L’arrêté de restriction en une page, par commune.", "not_selected", 2, 4),
    ("Pluie utile", "Distinguer la pluie qui recharge la nappe de celle qui ruisselle.", "not_selected", 2, 4),
    ("Fontaine", "Trouver de l’eau à boire à moins de cinq minutes à pied.", "not_selected", None, 4),
    ("Cool Arles", "Les rues fraîches de la ville, heure par heure.", "not_selected", None, 4),
    ("Rizières", "Mesurer l’eau des rizières depuis le ciel.", "not_selected", 1, 4),
    ("Sans fuite", "Un signalement de fuite qui va droit à la bonne régie.", "not_selected", 0, 3),
    ("Bassin versant", "Relier les communes qui partagent la même eau.", "not_selected", None, 4),
    ("Étiage", "Le débit des rivières, comparé à celui dont elles ont besoin.", "not_selected", 2, 3),
    ("Sel et sable", "Prévoir l’eau salée dans les puits du littoral.", "dropped", None, 0),
    ("Château d’eau", "Quand remplir, quand attendre, selon le prix de l’énergie.", "dropped", 0, 0),
    ("Source libre", "Un standard pour les relevés de source.", "dropped", None, 0),
)
FIRST_NAMES = (
    "Amina", "Bastien", "Chloé", "Driss", "Élise", "Farid", "Gaëlle", "Hugo", "Inaya", "Jules", "Kenza", "Lucas", "Maëlle",
    "Nathan", "Océane", "Pablo", "Quitterie", "Rayan", "Salomé", "Théo", "Ulysse", "Victoire", "Walid", "Xavier", "Yasmine",
    "Zoé",
)  # fmt: skip
LAST_NAMES = (
    "Aubert", "Bonnet", "Chabaud", "Delorme", "Estève", "Fabre", "Garnier", "Honorat", "Imbert", "Jaume", "Kadri", "Laugier",
    "Mistral", "Nicolas", "Olivier", "Pascal", "Queyras", "Roustan", "Silvestre", "Turin",
)  # fmt: skip
SKILLS = (
    "cartographie, hydrologie",
    "développement web",
    "design de service",
    "statistiques",
    "agronomie, terrain",
    "communication, récit",
    "électronique, capteurs",
    "droit de l’environnement",
)
MOTIVATIONS = (
    "Je travaille sur ces données toute l’année et je voudrais les voir servir.",
    "Étudiante en hydrologie, je cherche un cas concret pour mon mémoire.",
    "Notre commune a eu trois restrictions l’an dernier : je viens chercher des idées.",
    "J’aime construire vite avec des gens que je ne connais pas.",
)
DELIVERY = """Le prototype tourne sur les données de six mois. Il répond à une question, celle que le porteur du défi nous a posée le premier soir, et il la pose à quelqu’un qui ne lit pas les tableaux.

Il reste à l’essayer avec dix personnes, à brancher la mise à jour automatique et à écrire la notice."""
DATASET_LINES = (
    "Le point de départ : deux ans d’historique, une ligne par relevé.",
    "Pour croiser avec le terrain ; les valeurs manquantes sont signalées.",
    "Pour situer les résultats sur la carte.",
)
SMALL = {
    "ports": (
        "Concours Données à quai",
        "Onze semaines pour proposer un service aux ports de la région, avec leurs escales, leurs marées et leurs poids lourds.",
        "Marseille, quai de la Fraternité",
    ),
    "breakfast": (
        "Petit-déjeuner des réutilisateurs",
        "Une heure et demie pour montrer ce que l’on fait des données, et demander celles qui manquent.",
        "Aix-en-Provence, La Manufacture",
    ),
    "producers": (
        "Rencontre des producteurs de données",
        "Une journée pour publier mieux : standards, licences, mises à jour, retours d’usage.",
        "Aix-en-Provence, cité du livre",
    ),
    "mountain": (
        "Mobilités de montagne",
        "Deux jours à Gap pour monter en station et en descendre sans voiture, été comme hiver.",
        "Gap, le Quattro",
    ),
    "forest": (
        "Massifs et forêts",
        "Un week-end à Draguignan pour prévenir le feu avec les données des massifs.",
        "Draguignan, pôle culturel",
    ),
    "shade": (
        "Ombre et fraîcheur",
        "Deux jours à Nice pour dessiner des trajets frais. Trente places, sur sélection.",
        "Nice, campus Valrose",
    ),
    "bikes": (
        "Concours Compter les vélos",
        "Trois mois pour faire parler les compteurs de vélos des deux métropoles.",
        "",
    ),
    "week": (
        "Semaine des données ouvertes",
        "Cinq soirées, cinq villes, un jeu de données à chaque fois.",
        "Dans les six départements",
    ),
    "coast": ("Cartopartie du littoral", "Relever ensemble les accès à la mer praticables en fauteuil.", "Hyères"),
    "fires": ("Hackathon Incendies", "Deux jours pour l’alerte et l’évacuation.", "Vitrolles"),
}
