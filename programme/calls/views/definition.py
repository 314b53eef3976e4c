"""Defining a call on the screen: its parts, one page each; every save goes through the document of the call."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.calls import policy, queries, services
from programme.calls.forms.texts import DocumentForm, NewCallForm, RevisionForm, SettingsForm, TextsForm
from programme.calls.labels import CALL_STATES, CALL_TONES, CALL_VERBS, KINDS, fault_words, place_words
from programme.calls.models import Call
from programme.calls.rules import definition as rules
from programme.calls.rules import revision, traps
from programme.calls.states import CALL, DEFINABLE, REVISABLE
from programme.calls.views import bp
from programme.calls.views.parts import FORMS, LISTS, form_of, row_label, rows_at, steps_note, themes_note, total_weight
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.identifiers import slugify
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

LARGEST_FILE = 2_000_000
"""Bytes of the file of a call: the largest of the demonstration has 40,000."""


class Overtaken(RuleBroken):
    """Somebody else changed the same thing meanwhile; the message says what a second save will do."""


def load(slug: str) -> Call:
    """A call, for those who define it."""
    return db.one_or_404(queries.by_slug(slug))


def may_change(call: Call) -> bool:
    """Whether this person may change this call, as a draft or by a revision."""
    return policy.can_define(current_account()) and call.state in DEFINABLE | REVISABLE


def change(slug: str, part: str, made: Callable[[dict[str, Any], Call], None]) -> None:
    """Change the document of a call, in one transaction; `made` changes it in place. Of a published call, a change is prepared.

    Raises:
        RuleBroken: the call bears no such change, somebody else changed the same part, or the document would be none.
    """
    with unit_of_work():
        call = db.one_or_404(queries.for_update(slug))
        require(policy.can_define(current_account()))
        former = services.working_document(call)
        document = deepcopy(former)
        made(document, call)
        if found := rules.new_faults(rules.faults(document), rules.faults(former)):
            raise RuleBroken(fault_words(found[0], _codes(document)))
        keep = services.redefine if call.state in DEFINABLE else services.revise
        keep(call, document, part, by=current_account(), at=now())


@bp.route("/agents/appels/nouveau", methods=["GET", "POST"])
@access(staff(Role.OFFICER_PROGRAMME))
def create() -> ResponseReturnValue:
    """Begin a call: its title, its code, its nature; the rest is defined part by part."""
    form = NewCallForm(request.form)
    call = _begun(form) if form.submitted() else None
    if call is None:
        return _creation(form, DocumentForm(), 422 if form.posted else 200)
    return redirect(url_for(".define", slug=call.slug))


def _begun(form: NewCallForm) -> Call | None:
    """The draft that the form begins; None, said on the form, when its code is taken."""
    title, code = form.title.data or "", (form.code.data or "").upper()
    with unit_of_work():
        slug = services.free_name("", slugify(title, limit=70))["slug"]  # In turn: nobody takes the code meanwhile.
        if db.session.scalars(queries.with_name(code, code)).first() is not None:
            form.code.errors = [*form.code.errors, _("Un autre appel a déjà ce code.")]
            return None
        given = {"title": title, "code": code, "slug": slug, "kind": form.kind.data, "theme_set": form.theme_set.data}
        return services.install(services.blank(given), at=now(), by=current_account())


def _creation(form: NewCallForm, file: DocumentForm, status: int = 200, faults: Any = ()) -> ResponseReturnValue:
    return render_template("calls/create.html", form=form, file=file, faults=faults), status


@bp.post("/agents/appels/importer")
@access(staff(Role.OFFICER_PROGRAMME))
def read_document() -> ResponseReturnValue:
    """Make a draft call from its document, or say everything that is wrong with it."""
    form = DocumentForm(form_data())
    document, found = _document_of(form.document.data)
    if form.validate() and not found:
        with unit_of_work():
            named = services.free_name(document["code"], document["slug"])
            call, left = (
                services.install({**document, **named}, at=now(), by=current_account()),
                services.unknown(document),
            )
        if left:
            flash(_("Ce qui n’est pas connu ici n’est pas repris : %(what)s.", what=" ; ".join(left)), "info")
        flash(_("Brouillon créé sous le code %(code)s.", code=call.code), "success")
        return redirect(url_for(".define", slug=call.slug))
    form.document.errors = [*form.document.errors, _("Ce fichier n’est pas un appel : rien n’est créé.")]
    return _creation(NewCallForm(), form, 422, found)


def _document_of(file: Any) -> tuple[Any, list[str]]:
    """The document of a call that a file holds, and what is wrong with it."""
    document, refusal = json_of(file)
    return document, [refusal] if refusal else [fault_words(each) for each in rules.faults(document)]


def json_of(file: Any) -> tuple[Any, str]:
    """What a JSON file says, and why it cannot be read (empty when it can)."""
    if not isinstance(file, FileStorage) or not file.filename:
        return None, _("Choisissez un fichier JSON.")
    with file.stream as stream:
        body = stream.read(LARGEST_FILE + 1)
    if len(body) > LARGEST_FILE:
        return None, _("Choisissez un fichier JSON de 2 Mo au plus.")
    try:
        return rules.read(body.decode("utf-8-sig")), ""
    except ValueError:
        return None, _("Ce n’est pas du JSON : le fichier est peut-être coupé, ou d’un autre format.")


@bp.get("/agents/appels/<slug>/definition")
@access(staff(Role.OFFICER_PROGRAMME, Role.DIRECTION))
def define(slug: str) -> ResponseReturnValue:
    """Where the definition of a call stands: its parts, what it lacks, the traps, and the acts of its life."""
    return _hub(load(slug), RevisionForm())


def _hub(call: Call, form: RevisionForm, status: int = 200) -> ResponseReturnValue:
    account, document, before = current_account(), services.working_document(call), services.definition_of(call)
    form.version.data, steps = rules.version_of(document), services.steps(call.code)
    return render_template(
        "calls/define.html", call=call, document=document, forms=FORMS, lists=LISTS, kinds=KINDS, states=CALL_STATES,
        tones=CALL_TONES, lacking=rules.lacking(document), traps=traps.traps(document, steps), words=partial(fault_words, strands=_codes(document)), part_of=part_of,
        rows_at=rows_at, total_weight=total_weight, definable=call.state in DEFINABLE, verb_labels=CALL_VERBS, form=form,
        verbs=sorted((v for v in CALL.allowed(call.state) if policy.can_lead(account, call, v)), key="send_back".__eq__), without_return=policy.WITHOUT_RETURN,
        can_define=policy.can_define(account), can_publish=policy.may_say(account, "publish"), place_words=partial(place_words, strands=_codes(document)),
        changed=revision.changed(before, document), before=before, row_label=row_label, revisable=call.state in REVISABLE, form_of=form_of,
        step_note=steps_note(document, steps), themes_note=themes_note(document, services.themes(document) if document["theme_codes"] else {}),
    ), status  # fmt: skip


def _codes(document: dict[str, Any]) -> list[str]:
    """The codes of the strands in their order: what people call them by."""
    return [str(each["code"]) for each in document["strands"]]


@bp.post("/agents/appels/<slug>/modification")
@access(staff(Role.DIRECTION))
def publish_revision(slug: str) -> ResponseReturnValue:
    """Publish the change that is prepared, with the words that say it to everybody."""
    form = RevisionForm(request.form)
    if not form.validate():
        return _hub(load(slug), form, 422)
    try:
        with unit_of_work():
            call = db.one_or_404(queries.for_update(slug))
            services.publish_revision(
                call, form.changes.data or "", form.version.data or "", by=current_account(), at=now()
            )
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Modification publiée : elle est datée sur la page de l’appel, et annoncée aux brouillons."), "success")
    return redirect(url_for(".define", slug=slug))


@bp.post("/agents/appels/<slug>/modification/abandonner")
@access(staff(Role.OFFICER_PROGRAMME))
def drop_revision(slug: str) -> ResponseReturnValue:
    """Give up the change that is prepared."""
    try:
        with unit_of_work():
            services.drop_revision(db.one_or_404(queries.for_update(slug)), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Modification abandonnée : l’appel reste comme il est publié."), "success")
    return redirect(url_for(".define", slug=slug))


def part_of(call: Call, document: dict[str, Any], path: rules.Path) -> str:
    """The page that mends what stands at this place of the document."""
    in_strand = len(path) > 2 and path[0] == "strands"
    key = path[2] if in_strand else path[0]
    strand = document["strands"][path[1]]["code"] if in_strand else None
    listed = next((name for name, each in LISTS.items() if each.key == key), None)
    place = next((each for each in path[3 if in_strand else 1 :] if isinstance(each, int)), None)
    if key == "regulation":
        return url_for(".define_regulation", slug=call.slug)
    if listed is None:
        return url_for(".define_part", slug=call.slug, part=form_of(str(key)), _anchor=str(key))
    if place is None:
        return url_for(".define_list", slug=call.slug, name=listed, volet=strand)
    return url_for(".define_row", slug=call.slug, name=listed, place=place, volet=strand)


@bp.route("/agents/appels/<slug>/definition/<part>", methods=["GET", "POST"])
@access(staff(Role.OFFICER_PROGRAMME, Role.DIRECTION))
def define_part(slug: str, part: str) -> ResponseReturnValue:
    """One part that is one form: the texts, the settings."""
    if part not in FORMS:
        abort(404)
    call, (title, made_of) = load(slug), FORMS[part]
    document = services.working_document(call)
    form = _part_form(made_of, call, document)
    require(not form.posted or policy.can_define(current_account()))
    status = _kept(slug, form) if form.posted else 200
    if form.posted and status == 200:
        flash(_("Enregistré."), "success")
        return redirect(url_for(".define", slug=slug))
    saved = _renewed(form, document, status)
    return render_template(
        "calls/define_part.html", call=call, form=form, title=title, saved=saved, definable=may_change(call)
    ), status


def _part_form(made_of: Any, call: Call, document: dict[str, Any]) -> Any:
    """The form of a part with what it offers; only the parts that name other things offer any."""
    form = made_of(request.form, data=made_of.known(document))
    if not isinstance(form, TextsForm | SettingsForm):
        form.offer(document, services.steps(call.code), services.objectives(), services.themes(document))
    return form


def _kept(slug: str, form: Any) -> int:
    """Keep the part: 200 when it is kept, else why not, said on the form."""
    if not form.validate():
        return 422
    try:
        change(slug, form.PART, lambda kept, _call: _replace(kept, form))
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return 409 if isinstance(refusal, Overtaken) else 422
    return 200


def _replace(document: dict[str, Any], form: Any) -> None:
    """Put in the document what this person changed; what somebody else changed meanwhile stays.

    Raises:
        Overtaken: both changed the same field, in two ways.
    """
    typed, seen = form.part(), dict(each.split(":") for each in (form.version.data or "").split() if ":" in each)
    mine = {name: value for name, value in typed.items() if rules.version_of(value) != seen.get(name)}
    if any(rules.version_of(document[name]) not in (seen.get(name), rules.version_of(mine[name])) for name in mine):
        raise Overtaken(
            _(
                "Cette partie a changé depuis l’ouverture de cette page. Relisez ce qui est enregistré, puis enregistrez de nouveau."
            )
        )
    document |= mine


def _renewed(form: Any, document: dict[str, Any], status: int) -> list[tuple[str, str]]:
    """Make the page from what is saved now; after a conflict, what is saved of the fields that both changed is shown."""
    if status == 422:
        return []
    names = [name for _title, names in form.SECTIONS for name in names]
    seen = dict(each.split(":") for each in (form.version.data or "").split() if ":" in each)
    typed: dict[str, Any] = form.part() if status == 409 else {}
    for name, value in typed.items():
        if rules.version_of(value) == seen.get(name):
            form[name].data, form[name].raw_data = type(form).known(document)[name], None
    form.version.data = " ".join(f"{name}:{rules.version_of(document[name])}" for name in names)
    both = [name for name in typed if rules.version_of(typed[name]) != seen.get(name) and typed[name] != document[name]]
    known = type(form).known(document)
    return [(form[name].label.text, str(known[name] or "")) for name in both]
