"""The thread of messages of a file: kept while it is written, sent once, answered, taken back, told by one mail a burst."""

from datetime import timedelta

import pytest
import time_machine

from programme.applications import queries
from programme.applications import services as applications
from programme.applications.models import Message, MessageDraft, MessageFile
from programme.applications.queries import messages as thread
from programme.applications.rules import messages as rules
from programme.applications.services import messages as services
from programme.applications.services.messages import Pen, Words
from programme.applications.states import MessageSide
from programme.core import jobs
from programme.core.errors import RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import OutboxMessage
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.organisations.states import MembershipRole
from tests.factories.applications import PDF, submitted
from tests.factories.assessment import officer
from tests.factories.messages import asked_by_carrier, said
from tests.factories.people import NOON, account, member

pytestmark = pytest.mark.db
CARRIER, REGION = MessageSide.CARRIER, MessageSide.REGION
LETTER = ("lettre.pdf", PDF, "application/pdf")


def mails(kind: str) -> list[str]:
    """Who was written to, by the beginning of the subject."""
    found = database.session.query(OutboxMessage).filter(OutboxMessage.subject.startswith(kind))
    return sorted(each.recipient for each in found)


def tell(after: timedelta = rules.BURST) -> None:
    """The worker, once the burst is over."""
    with time_machine.travel(NOON + after, tick=False):
        jobs.run_until_idle()


# ---- pure ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "withdrawn", "read", "allowed"),
    [(0, False, False, True), (9, False, False, True), (10, False, False, False), (1, True, False, False), (1, False, True, False)],
)  # fmt: skip
def test_a_message_is_taken_back_within_ten_minutes_unless_somebody_read_it(minutes, withdrawn, read, allowed):
    at = NOON + timedelta(minutes=minutes)
    assert rules.may_be_withdrawn(sent_at=NOON, at=at, is_withdrawn=withdrawn, is_read=read) is allowed


def test_a_burst_begins_when_nothing_recent_waits_for_its_mail():
    assert rules.begins_a_burst(at=NOON, unannounced_since=None)
    assert not rules.begins_a_burst(at=NOON + timedelta(minutes=9), unannounced_since=NOON)
    assert rules.begins_a_burst(at=NOON + timedelta(minutes=10), unannounced_since=NOON)


# ---- sent ------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_message(db):
    with unit_of_work():
        by = officer()
        file = submitted()
        pen, words = Pen(by, REGION), Words("Bonjour.")
        first = services.send(file, pen, words, nonce="a", at=NOON)
        assert services.send(file, pen, words, nonce="a", at=NOON) is first
        services.send(file, pen, words, nonce="b", at=NOON)
    assert db.session.query(Message).count() == 2, "another form is another message: the nonce alone tells them apart"


def test_what_is_sent_leaves_no_draft_and_takes_its_files(db):
    with unit_of_work():
        by = officer()
        message = said(submitted(), by, "Voici la lettre.", files=(LETTER,))
        assert [each.file.name for each in message.files] == ["lettre.pdf"]
    assert db.session.query(MessageDraft).count() == 0
    assert db.session.query(MessageFile).one().draft_id is None


def test_a_message_says_something_and_waits_for_no_day_that_is_past(db):
    with unit_of_work():
        by = officer()
        file, pen = submitted(), Pen(by, REGION)
        with pytest.raises(RuleBroken, match="Écrivez"):
            services.send(file, pen, Words(""), nonce="a", at=NOON)
        with pytest.raises(RuleBroken, match="aujourd"):
            services.send(file, pen, Words("Quand ?", True, NOON.date() - timedelta(days=1)), nonce="b", at=NOON)
        services.send(file, pen, Words("Quand ?", True, NOON.date()), nonce="c", at=NOON)


def test_an_answer_is_awaited_until_the_other_side_writes(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille")
        file = submitted(by=camille)
        asked = said(file, by, "Combien d’habitants ?", awaits=True, answer_by=NOON.date())
        said(file, by, "Je précise.")
        said(file, by, "Entre nous.", is_internal=True)
        assert asked.waits_for is CARRIER, "neither a second message of the same side nor a note answers"
        asked_by_carrier(file, camille, "Deux mille.")
        db.session.refresh(asked)
        assert (asked.waits_for, asked.settled_at, asked.answer_by) == (None, NOON, NOON.date())


def test_nobody_waits_on_a_withdrawn_file(db):
    with unit_of_work():
        camille = account(name="Camille")
        file = submitted(by=camille)
        asked_by_carrier(file, camille, "Quand ?", awaits=True)
        assert db.session.scalars(thread.waiting_for(REGION)).all() == [file.id]
        applications.withdraw(file, by=camille, at=NOON)
        assert db.session.scalars(thread.waiting_for(REGION)).all() == []


def test_it_is_settled_by_hand_once(db):
    with unit_of_work():
        by = officer()
        file = submitted()
        asked = said(file, by, "Une question.", awaits=True)
        services.settle(file, asked, by=by, at=NOON)
        services.settle(file, asked, by=by, at=NOON)
    acts = [each.act for each in db.session.query(JournalEntry).filter_by(subject_type="message")]
    assert acts == ["message.posted", "message.settled"]


def test_a_note_waits_for_nobody_and_tells_nobody(db):
    with unit_of_work():
        note = said(submitted(), officer(), "Prudence.", is_internal=True, awaits=True)
        assert note.waits_for is None
    tell()
    assert mails("La Région vous a écrit") == []


def test_the_journal_holds_no_word_of_a_message(db):
    with unit_of_work():
        said(submitted(), officer(), "Mot-secret-du-message")
    entry = db.session.query(JournalEntry).filter_by(act="message.posted").one()
    assert "secret" not in str(entry.after)


# ---- taken back ------------------------------------------------------------------------------------


def test_a_message_taken_back_loses_its_words_and_files_and_no_mail_tells_of_it(db):
    with unit_of_work():
        by = officer()
        message = said(submitted(), by, "Au mauvais dossier.", files=(LETTER,), awaits=True)
        services.withdraw(message, by=by, at=NOON + timedelta(minutes=9))
    assert (message.text, message.waits_for) == ("", None)
    assert db.session.query(StoredFile).filter_by(name="lettre.pdf").count() == 0
    tell()
    assert mails("La Région vous a écrit") == []


def test_one_that_was_read_or_is_somebody_elses_stays(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille")
        file = submitted(by=camille)
        message = said(file, by, "Lu déjà.")
        with pytest.raises(RuleBroken, match="ne peut plus"):
            services.withdraw(message, by=camille, at=NOON)
        services.note_read(file.id, by, message.id, at=NOON)
        assert services.may_withdraw(message, by, at=NOON), "that its author looks at it is no reading"
        services.note_read(file.id, camille, message.id, at=NOON)
        with pytest.raises(RuleBroken, match="ne peut plus"):
            services.withdraw(message, by=by, at=NOON)


# ---- told ------------------------------------------------------------------------------------------


def test_one_mail_tells_of_all_that_came_in_ten_minutes_and_says_no_word_of_it(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille", email="camille@a.fr")
        file = submitted(by=camille)
        reader = account(email="lecture@a.fr")
        member(reader, file.organisation, MembershipRole.READER)
        said(file, by, "Premier secret.")
        said(file, by, "Second secret.", at=NOON + timedelta(minutes=5))
    tell(timedelta(minutes=9))
    assert mails("La Région vous a écrit") == [], "the burst is not over"
    tell()
    assert mails("La Région vous a écrit") == ["camille@a.fr"], "those who act, once"
    mail = db.session.query(OutboxMessage).filter(OutboxMessage.subject.startswith("La Région vous a écrit")).one()
    assert "2 messages" in mail.text
    assert "secret" not in mail.text + mail.html
    assert f"/dossiers/{file.reference}/messages" in mail.text


def test_a_later_message_has_its_own_mail_and_whoever_has_read_has_none(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille", email="camille@a.fr")
        file = submitted(by=camille)
        said(file, by, "Un.")
    tell()
    with unit_of_work():
        second = said(file, by, "Deux.", at=NOON + timedelta(hours=1))
        services.note_read(file.id, camille, second.id, at=NOON + timedelta(hours=1))
    tell(timedelta(hours=2))
    assert mails("La Région vous a écrit") == ["camille@a.fr"], "read before the mail: no mail"
    with unit_of_work():
        said(file, by, "Trois.", at=NOON + timedelta(hours=3))
    tell(timedelta(hours=4))
    assert mails("La Région vous a écrit") == ["camille@a.fr"] * 2


def test_the_carriers_message_goes_to_the_officer_who_follows_the_file_else_to_those_who_may_read_it(db):
    with unit_of_work():
        first, second = officer("Nadia"), officer("Omar")
        camille = account(name="Camille")
        alone, followed = submitted(by=camille), submitted(by=camille, title="Suivi")
        followed.officer_id = second.id
        member(first, alone.organisation)
        for file in (alone, followed):
            asked_by_carrier(file, camille)
        emails = sorted([first.email, second.email]), [second.email]
    tell()
    told = {
        file.reference: sorted(
            each.recipient for each in db.session.query(OutboxMessage) if each.subject == f"Message du porteur : dossier {file.reference}".replace(" :", "\u00a0:")
        )
        for file in (alone, followed)
    }  # fmt: skip
    assert (told[alone.reference], told[followed.reference]) == emails


# ---- counted ---------------------------------------------------------------------------------------


def test_each_person_has_their_own_unread_messages(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille")
        file = submitted(by=camille)
        louis = account(name="Louis")
        member(louis, file.organisation)
        first = said(file, by, "Un.")
        said(file, by, "Note.", is_internal=True)
        asked_by_carrier(file, louis, "Deux.", awaits=True)
        services.note_read(file.id, camille, first.id, at=NOON)
    ids = [file.id]
    unread = {
        who.display_name: services.tallies(who, ids, side)[file.id].unread
        for who, side in ((camille, CARRIER), (louis, CARRIER), (by, REGION))
    }
    assert unread == {"Camille": 1, "Louis": 1, by.display_name: 1}
    tally = services.tallies(by, ids, REGION)[file.id]
    assert (tally.owed, tally.awaited, tally.total) == (1, 0, 3)
    assert services.tallies(camille, ids, CARRIER)[file.id].total == 2, "a note counts for nobody outside the Region"


def test_reading_goes_forward_only(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille")
        file = submitted(by=camille)
        first, second = said(file, by, "Un."), said(file, by, "Deux.")
        services.note_read(file.id, camille, second.id, at=NOON)
        services.note_read(file.id, camille, first.id, at=NOON)
    assert db.session.scalars(thread.read_mark(file.id, camille.id)).one().last_id == second.id


def test_the_requests_for_pieces_stand_in_the_thread_at_their_dates(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille")
        file = submitted(by=camille)
        said(file, by, "Avant.", at=NOON)
        applications.request_info(
            file, "Le RIB.", ["RIB"], (NOON + timedelta(days=9)).date(), by=by, at=NOON + timedelta(hours=1)
        )
        asked_by_carrier(file, camille, "Pendant.", at=NOON + timedelta(hours=2))
        applications.answer_info(file, "Le voici.", by=camille, at=NOON + timedelta(hours=3))
    told = [what for what, _number, _at in db.session.execute(thread.moments(file.id, CARRIER))]
    assert told == ["answered", "message", "asked", "message"]


def test_the_share_of_the_organisation_holds_what_it_joins_to_messages(app, db):
    with unit_of_work():
        camille = account(name="Camille")
        file = submitted(by=camille)
        taken = db.session.scalars(queries.room_taken(file.organisation_id)).one()
        asked_by_carrier(file, camille, files=(LETTER,))
        said(file, officer("Paul"), files=(LETTER,))
        assert taken > 0
        assert db.session.scalars(queries.room_taken(file.organisation_id)).one() == taken + len(PDF)
        room = app.config["STORAGE_QUOTA_MB"]
        app.config["STORAGE_QUOTA_MB"] = 0
        try:
            with pytest.raises(RuleBroken, match="Mo"):
                asked_by_carrier(file, camille, files=(LETTER,))
            said(file, officer(), files=(LETTER,))
        finally:
            app.config["STORAGE_QUOTA_MB"] = room
