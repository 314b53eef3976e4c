"""French words of the page of jobs and mails: kinds, states, and what went wrong."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from programme.core.jobs import JobState
from programme.core.mail import MessageState
from programme.core.smtp import MailFault
from programme.site.queries import TaskList

JOB_KINDS = {
    "agreements.send_batch": _l("Envoi d’un lot de conventions"),
    "documents.render_batch": _l("Fabrication d’un lot de documents"),
    "exports.make": _l("Préparation d’un export"),
    "files.scan": _l("Analyse d’une pièce par l’antivirus"),
    "documents.render": _l("Fabrication d’un document PDF"),
    "mail.send": _l("Envoi d’un courriel"),
    "reuses.shrink": _l("Vignettes d’une image"),
    "applications.tell_of_messages": _l("Annonce de messages sur un dossier"),
    "applications.print_file": _l("Impression d’un dossier entier"),
    "applications.tell_of_revision": _l("Annonce d’une modification d’appel"),
    "organisations.check_siret": _l("Vérification d’un SIRET au registre des entreprises"),
}
JOB_STATES = {
    JobState.QUEUED: _l("En attente"),
    JobState.RUNNING: _l("En cours"),
    JobState.DONE: _l("Faite"),
    JobState.FAILED: _l("En échec"),
    JobState.ABANDONED: _l("Abandonnée"),
}
MAIL_STATES = {
    MessageState.WAITING: _l("En attente"),
    MessageState.SENT: _l("Envoyé"),
    MessageState.REFUSED: _l("Refusé"),
    MessageState.ABANDONED: _l("Abandonné"),
}
TASK_LISTS = {
    TaskList.FAILED: _l("Tâches en échec"),
    TaskList.REFUSED: _l("Courriels refusés"),
    TaskList.JOBS: _l("Tâches en attente"),
    TaskList.MAILS: _l("Courriels en attente"),
}
FAULTS: dict[str, LazyString] = {
    MailFault.TIMEOUT: _l("Le serveur de courriel n’a pas répondu à temps."),
    MailFault.UNREACHABLE: _l("Le serveur de courriel est injoignable."),
    MailFault.CUT: _l("Le serveur de courriel a coupé la conversation."),
    MailFault.INSECURE: _l("La connexion au serveur de courriel ne peut pas être protégée : vérifiez son certificat."),
    MailFault.LATER: _l("Le serveur de courriel demande d’attendre."),
    MailFault.SERVER: _l("Le serveur de courriel refuse la conversation : vérifiez ses réglages."),
    MailFault.ADDRESS: _l("Le serveur de courriel refuse cette adresse : joignez la personne autrement."),
    MailFault.BOUNCE: _l("Le courriel est revenu : joignez la personne autrement."),
    MailFault.TIRED: _l("Le courriel n’a pas pu partir en quatre jours."),
}
JOB_ERRORS = {
    "Interrupted": _l("Le programme s’est arrêté pendant cette tâche, trop souvent pour recommencer sans vous."),
    "KeyError": _l("Cette nature de tâche est inconnue de cette version, ou ce qu’elle demande a disparu."),
    "MemoryError": _l("La mémoire a manqué."),
    "OSError": _l("Le disque ou le réseau a refusé."),
    "TimeoutError": _l("Un service n’a pas répondu à temps."),
    "OperationalError": _l("La base de données n’a pas répondu."),
    "IntegrityError": _l("La base de données a refusé une valeur."),
    "RegistrySilent": _l("Le registre des entreprises n’a pas donné de réponse utilisable."),
}
