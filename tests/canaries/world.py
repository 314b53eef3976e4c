"""A blind call with two files that are not awarded, and a token in everything that says who carries them."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from flask import Flask

from programme.accounts.models import Account
from programme.applications import services as applications
from programme.applications.models import Application
from programme.applications.states import FundingKind, FundingState
from programme.assessment import services
from programme.assessment.states import Opinion, Outcome
from programme.calls.models import Call, CallSession
from programme.core import storage
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import services as evaluation
from programme.evaluation.models import ReviewPool
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.organisations.states import MembershipRole, MembershipState
from tests.canaries import files
from tests.canaries.tokens import Tokens
from tests.factories import calls, people
from tests.factories.applications import draft, ready_draft
from tests.factories.assessment import LATER, assigned, deliberation, fresh, marked, officer
from tests.factories.messages import asked_by_carrier, said
from tests.factories.people import NOON

CONTENT = "content: "
"""Said of the project itself: its readers see it, nobody else does."""
PIECES = ("rib", "statuts", "lettre", "photo", "logo", "membres", "releve")
QUESTIONS = (
    {"key": "uses", "label": "Qui s’en servira ?", "kind": "long_text", "section": "Usages"},
    {"key": "who", "label": "Présentez votre équipe", "kind": "long_text", "section": "Vous", "identity_bearing": True},
    {"key": "bank", "label": "Votre banque et votre IBAN", "kind": "text", "section": "Vous", "identity_bearing": True},
    {"key": "kin", "label": "Vos partenaires", "kind": "text", "section": "Vous", "identity_bearing": True},
    {"key": "chief", "label": "Votre chef de file", "kind": "organisation", "section": "Vous", "identity_bearing": True},
    {"key": "plight", "label": "Vos difficultés", "kind": "text", "section": "Vous", "confidential": True},
    {"key": "works", "label": "Vos travaux", "kind": "table", "section": "Usages", "columns": [
        {"key": "what", "label": "Quoi", "kind": "text"}, {"key": "cost", "label": "Coût", "kind": "money"}]},
    {"key": "method", "label": "Votre méthode", "kind": "markdown", "section": "Usages"},
    {"key": "sources", "label": "Vos données", "kind": "datasets", "section": "Usages"},
)  # fmt: skip


@dataclass
class World:
    """Numbers and names of what was made: objects do not outlive a request."""

    tokens: Tokens
    call_id: int
    reader: str
    rival: str
    officer: str
    applicant: str
    references: tuple[str, str]
    evaluations: tuple[int, int]

    def account(self, email: str) -> Account:
        """The person of this address."""
        return db.session.query(Account).filter_by(email=email).one()

    def blind(self, wanted: bool) -> None:
        """Switch the blind reading of the call: the guard whose absence must be seen."""
        with unit_of_work():
            db.session.get_one(Call, self.call_id).blind_reading = wanted


def made(app: Flask, tokens: Tokens) -> World:
    """Everything in one transaction: a file being read, another one that was refused, the same reader for both."""
    with unit_of_work():
        by = officer("Dominique")
        call = calls.call(
            blind_reading=True,
            strands=[calls.definition()["strands"][0] | {"questions": list(QUESTIONS)}],
            documents=[{"code": code, "label": f"Pièce {place}"} for place, code in enumerate(PIECES, start=1)],
        )  # fmt: skip
        current, former = calls.session(call), calls.session(call)
        reading, refused = (_file(tokens, by, each) for each in (current, former))
        reader = people.account(name="Inès Lectrice")
        second = people.account(name="Noé Lecteur")
        pool = db.session.get_one(ReviewPool, call.pool_id)
        for each in (reader, second):
            evaluation.add_to_pool(pool, each, by=None, at=NOON)
        db.session.flush()
        first = assigned(reading, reader, by)
        evaluation.declare_no_conflict(first, by=reader, at=LATER)
        done = marked(assigned(refused, reader, by), 2, reader)
        _others(tokens, refused, second, by)
        rival = people.account(name="Rivale")
        people.member(rival, other := people.organisation("Association rivale"))
        draft(by=rival, of=other, to=current, title="Le projet rival")
        applicant = db.session.get_one(Account, reading.created_by_id)
        return World(
            tokens, call.id, reader.email, rival.email, by.email, applicant.email,
            (reading.reference, refused.reference), (first.id, done.id),
        )  # fmt: skip


def _others(tokens: Tokens, refused: Application, second: Account, by: Account) -> None:
    """The second reading, the committee and the refusal."""
    given = marked(assigned(refused, second, by), 1, second)
    given.comment = tokens.word("words of another reader")
    services.close_scoring(refused, by=by, at=LATER)
    meeting = services.convene(refused.session, LATER.date(), "Salle 12", by=by, at=LATER)
    services.hold(meeting, by=by, at=LATER)
    db.session.flush()
    why = tokens.word("reason of the committee")
    services.give_opinion(meeting, refused, Opinion.UNFAVOURABLE, why, None, row=None, by=by, at=LATER)
    services.put_on_agenda(refused, by=by, at=LATER)
    services.prepare(refused, Outcome.REJECT, None, tokens.word("reason of the refusal"), by=by, at=LATER)
    services.release(refused.session, deliberation(by), by=by, at=LATER)


def _organisation(tokens: Tokens) -> tuple[Organisation, Account]:
    """Who carries a file, and the people who act or acted for it."""
    name = tokens.word("name of the organisation")
    carrier = people.organisation(
        f"Association {name}", address=f"3 rue {tokens.word('address')}", website=f"https://{tokens.bare('website')}.example",
        description=tokens.word("description of the organisation"), rna=f"W{people.siret(700)[:9]}",
        representative_name=f"Claire {tokens.bare('representative')}", representative_title=tokens.word("title of the representative"),
    )  # fmt: skip
    carrier.city = tokens.bare("city")
    tokens.plant(f"SIRET of {carrier.id}", carrier.siret, carrier.siret)
    owner = people.account(
        name=f"Léa {tokens.bare('owner')}", email=f"{tokens.bare('mail of the owner').lower()}@exemple.fr"
    )
    people.member(owner, carrier)
    former = people.account(name=f"Jean {tokens.bare('former member')}")
    people.member(former, carrier, MembershipRole.EDITOR).state = MembershipState.ENDED
    return carrier, owner


def _file(tokens: Tokens, by: Account, session: CallSession) -> Application:
    """A file handed in, in which its applicant named themselves wherever they could."""
    carrier, owner = _organisation(tokens)
    named = f"{carrier.name}, {owner.display_name}, {owner.email}, {carrier.siret}, {carrier.website}, {carrier.city}"
    file = ready_draft(
        by=owner, of=carrier, to=session, title=f"Carte {tokens.bare(CONTENT + 'title')} de {carrier.name}"
    )
    file.summary = f"{tokens.word(CONTENT + 'summary')} Porté par {carrier.name.upper()}."
    file.description = f"{tokens.word(CONTENT + 'description')} Écrivez à {named}. SIREN {carrier.siret[:9]}."
    file.frame_note += f" {carrier.name}"
    file.project.title, file.project.summary = file.title, file.summary
    file.answers = {
        "uses": f"{tokens.word(CONTENT + 'answer')} {named}", "who": tokens.word("answer on the team"),
        "bank": tokens.word("bank"), "kin": tokens.word("answer on the partners"),
        "chief": {"name": tokens.word("name of the leader"), "siret": carrier.siret}, "plight": tokens.word("confidential answer"),
        "works": [{"what": f"{tokens.word(CONTENT + 'row')} {named}", "cost": "12.00"}],
        "method": f"**{tokens.bare(CONTENT + 'method')}** {carrier.name}", "sources": [{"title": f"Relevés de {carrier.name}"}],
    }  # fmt: skip
    _money(tokens, file, carrier)
    for piece in file.pieces:
        name, data, kind = _piece(tokens, piece.required_document.code)
        applications.provide_piece(piece, storage.write_bytes(data, name, kind), by=owner, at=NOON)
    applications.submit(file, by=owner, at=NOON)
    file = fresh(file)
    _instructed(tokens, file, owner, by)
    return fresh(file)


def _money(tokens: Tokens, file: Application, carrier: Organisation) -> None:
    """The plan names the partners; an expense names the carrier."""
    file.budget_lines[0].label = f"{tokens.word(CONTENT + 'expense')} {carrier.name}"
    [own] = file.funding_sources
    own.label = f"Fonds de {tokens.word('own funds')}"
    third = (own.amount / 4).quantize(own.amount)
    own.amount -= 2 * third
    kinds = {"public partner": FundingKind.PUBLIC, "private partner": FundingKind.PRIVATE}
    for place, (words, kind) in enumerate(kinds.items(), start=1):
        file.funding_sources.append(
            type(own)(position=place, label=tokens.word(words), kind=kind, state=FundingState.SOUGHT, amount=third)
        )
    file.datasets[0].use = f"{tokens.word(CONTENT + 'data set')} {carrier.name}"


def _piece(tokens: Tokens, code: str) -> tuple[str, bytes, str]:
    """(name of the file, its bytes, its type): a token in each of its places."""
    name = tokens.bare(f"file name of {code}")

    def word(place: str) -> str:
        return tokens.bare(f"{place} of {code}")

    if code in ("rib", "releve"):
        data = files.pdf(word("text"), Author=word("author"), Title=word("title"), Subject=word("subject"))
        return f"{name}.pdf", data, "application/pdf"
    if code == "statuts":
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return f"{name}.docx", files.docx(word("text"), word("author"), word("editor")), kind
    if code == "lettre":
        return f"{name}.odt", files.odt(word("text"), word("author")), "application/vnd.oasis.opendocument.text"
    if code == "photo":
        return f"{name}.jpg", files.jpeg(word("artist"), word("copyright")), "image/jpeg"
    if code == "logo":
        return f"{name}.png", files.png(word("author")), "image/png"
    return f"{name}.csv", f"nom;rôle\n{word('member')};trésorière\n".encode(), "text/csv"


def _instructed(tokens: Tokens, file: Application, owner: Account, by: Account) -> None:
    """A request and its answer, a refused piece and its note, then the instruction."""
    services.take_charge(file, by, at=NOON)
    _exchanged(tokens, file, owner, by)
    services.refuse_piece(file.pieces[0], tokens.word("note on a piece"), by=by, at=NOON)
    due = (NOON + timedelta(days=30)).date()
    applications.request_info(file, tokens.word("request"), [], due, by=by, at=NOON)
    again = storage.write_bytes(files.pdf("De nouveau"), "rib.pdf", "application/pdf")
    applications.provide_piece(file.pieces[0], again, by=owner, at=NOON)
    applications.answer_info(file, tokens.word("answer to the request"), by=owner, at=NOON)
    applications.admit(file, by=by, at=LATER)
    services.open_review(file, by=by, at=LATER)


def _exchanged(tokens: Tokens, file: Application, owner: Account, by: Account) -> None:
    """The thread with the Region: each side names the carrier, in words, in a file's name and in its text."""
    joined = (
        f"{tokens.bare('file name of a message')}.pdf",
        files.pdf(tokens.bare("text of a joined file")),
        "application/pdf",
    )
    asked_by_carrier(
        file, owner, f"{tokens.word('words of the carrier')} {file.organisation.name}", files=(joined,), awaits=True
    )
    said(file, by, f"{tokens.word('words of the officer')} {owner.display_name}")
    said(file, by, tokens.word("note of the house"), is_internal=True)


def clean_copy() -> BytesIO:
    """A redacted copy that says nothing."""
    return BytesIO(files.pdf("Relevé d'identité bancaire, noms et numéros masqués"))
