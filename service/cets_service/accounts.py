"""What is done with accounts: one function for each act, the same for API, pages and command line.

Each refuses with a :class:`~cets_service.problems.Problem`. Who may do it was decided before;
``actor`` is who does it, as the audit log names them: each act is written there in its transaction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from cets_conformance.tables.provinces import PROVINCES
from cets_service import passwords
from cets_service.config import Config
from cets_service.problems import Problem, of_field
from cets_service.store import Link, Organisation, Person, Store, System, Token
from cets_service.store.organisations import KINDS
from cets_service.store.people import ROLES
from cets_service.store.tokens import SCOPES

__all__ = [
    "LONGEST_TOKEN_DAYS",
    "accept",
    "add_organisation",
    "add_system",
    "change_organisation",
    "change_password",
    "change_person",
    "delete_system",
    "invite",
    "make_reset_link",
    "make_token",
    "revoke_token",
    "sign_in",
    "sign_out",
    "withdraw",
]

LONGEST_TOKEN_DAYS = 366
"""However long a token is asked for, it ends after this many days."""

LONGEST_KEEP_DAYS = 3660
"""However long checks are to be kept, no longer than this many days."""

_EMAIL = re.compile(
    r"[^\s@\x00-\x20\x7f<>\"(),:;\\\[\]]{1,64}@[^\s@\x00-\x20\x7f<>]{1,180}\.[^\s@.]{2,63}"
)
_ARTEFACT = re.compile(r"(?:sha256:)?([0-9A-Fa-f]{64})")


def add_organisation(
    store: Store, config: Config, *, kind: str, name: str, actor: str, province: str | None = None
) -> Organisation:
    """Add an organisation; a province needs its code of GB/T 2260, any other has none."""
    name = _read_name("name", name, 200)
    _read_choice("kind", kind, KINDS)
    if kind == "province":
        _read_choice("province", province or "", PROVINCES)
    elif province:
        raise of_field("province", province, "no_province")
    with store.writing():
        added = store.organisations.add(kind, name, province or None, config.keep_days)
        if added is None:
            raise Problem("ORGANISATION_EXISTS", found=name)
        told = {"kind": kind, "name": name} | ({"province": province} if province else {})
        store.record(actor, "organisation.add", f"organisation:{added.id}", **told)
    return added


def change_organisation(
    store: Store,
    organisation: Organisation,
    *,
    actor: str,
    keep_days: int | None = None,
    disabled: bool | None = None,
) -> None:
    """Set how long checks are kept from now on, or close or open the door."""
    if keep_days is not None and not 1 <= keep_days <= LONGEST_KEEP_DAYS:
        raise of_field("keep_days", keep_days, "days", most=LONGEST_KEEP_DAYS)
    if disabled is True and organisation.kind == "operator":
        raise Problem("OPERATOR_STAYS")
    with store.writing():
        if keep_days is not None:
            store.organisations.change(organisation.id, keep_days=keep_days)
        if disabled is True:
            store.organisations.disable(organisation.id)
        elif disabled is False:
            store.organisations.enable(organisation.id)
        told = _given(keep_days=keep_days, disabled=disabled)
        store.record(actor, "organisation.change", f"organisation:{organisation.id}", **told)


def invite(
    store: Store,
    config: Config,
    organisation: Organisation,
    *,
    email: str,
    role: str,
    actor: str,
    made_by: Person | None = None,
) -> tuple[Link, str]:
    """Make the link by which a person joins; give it with its secret, which is not kept."""
    email = _read_email(email)
    _read_choice("role", role, ROLES)
    known = store.people.find(email)
    if known is not None and known.organisation_id == organisation.id:
        raise Problem("ACCOUNT_EXISTS", found=email)
    with store.writing():
        made = store.links.add(
            "invitation",
            organisation.id,
            email,
            role,
            lasts=config.invitation,
            made_by=made_by.id if made_by else None,
        )
        told = {"organisation": organisation.id, "email": email, "role": role}
        store.record(actor, "invitation.make", f"link:{made[0].id}", **told)
    return made


def withdraw(store: Store, link: Link, *, actor: str) -> None:
    """Withdraw an invitation."""
    with store.writing():
        if store.links.use(link.id):
            store.record(actor, "invitation.withdraw", f"link:{link.id}")


def make_reset_link(
    store: Store, config: Config, person: Person, *, actor: str, made_by: Person | None = None
) -> tuple[Link, str]:
    """Make the link by which a person sets a new password."""
    with store.writing():
        made = store.links.add(
            "reset",
            person.organisation_id,
            person.email,
            person.role,
            lasts=config.invitation,
            person_id=person.id,
            made_by=made_by.id if made_by else None,
        )
        store.record(actor, "reset.make", f"link:{made[0].id}", person=person.id)
    return made


def accept(store: Store, config: Config, link: Link, *, name: str, password: str) -> str:
    """Use a link up: join with a name and a password, or set a new one; begin a session.

    Gives the session's secret.
    """
    person = store.people.get(link.person_id) if link.person_id else None
    if link.kind == "invitation":
        name = _read_name("name", name, 100)
    passwords.check_new(password, link.email.split("@")[0], name)
    kept = passwords.hash_password(password)
    with store.writing():
        if not store.links.use(link.id):
            raise Problem("LINK_OVER")
        if link.kind == "invitation":
            person = store.people.add(link.organisation_id, link.email, name, link.role, kept)
            if person is None:
                raise Problem("ACCOUNT_EXISTS", found=link.email)
        elif person is None:
            raise Problem("LINK_OVER")
        else:
            store.people.set_password(person.id, kept)
            store.attempts.forget(person.email)
            store.sessions.close_all(person.id)
        secret = store.sessions.open(person.id, config.session)
        action = "person.join" if link.kind == "invitation" else "password.reset"
        store.record(f"person:{person.id}", action, f"link:{link.id}")
    return secret


def sign_in(
    store: Store, config: Config, *, email: str, password: str, address: str, browser: str
) -> str:
    """Begin a session and give its secret; every refusal looks and lasts the same.

    ``address`` is where the request came from. What was typed is not written down: a password is
    easily typed in the wrong field. After some attempts in a row that failed one has to wait,
    whether there is such an account or not; ``browser``, the secret of the browser one signs in
    with, tells the owner of the account from others once they have signed in there.
    """
    written = email.strip().lower()
    person = store.people.find(written) if _EMAIL.fullmatch(written) else None
    known = f"person:{person.id}" if person else ""
    _begin_attempt(store, written, f"address:{address}", known, browser)
    kept = store.people.get_password(person.id) if person else None
    if not passwords.verify_password(kept, password) or person is None or kept is None:
        store.record(f"address:{address}", "session.refuse", known)
        raise Problem("SIGN_IN_FAILED")
    better = passwords.hash_password(password) if passwords.needs_rehash(kept) else None
    with store.writing():
        if better is not None:
            store.people.set_password(person.id, better)
        store.attempts.forget(written, browser)
        secret = store.sessions.open(person.id, config.session)
        store.record(known, "session.open", address=address)
    return secret


def _begin_attempt(store: Store, email: str, actor: str, known: str, browser: str = "") -> None:
    """Count that a password is tried; refused where too many were wrong a short while ago."""
    seconds = store.attempts.begin(email, browser)
    if seconds:
        store.record(actor, "session.throttle", known, seconds=seconds)
        raise Problem("SIGN_IN_THROTTLED", headers={"Retry-After": str(seconds)}, seconds=seconds)


def sign_out(store: Store, session: str, *, actor: str) -> None:
    """End a session, given by its hash."""
    with store.writing():
        store.sessions.close(session)
        store.record(actor, "session.close")


def change_password(store: Store, config: Config, person: Person, *, old: str, new: str) -> str:
    """Set another password and end all sessions; give the secret of a new one."""
    known = f"person:{person.id}"
    _begin_attempt(store, person.email, known, known)
    if not passwords.verify_password(store.people.get_password(person.id), old):
        store.record(known, "password.refuse")
        raise Problem("PASSWORD_WRONG")
    passwords.check_new(new, person.email.split("@")[0], person.name)
    kept = passwords.hash_password(new)
    with store.writing():
        store.people.set_password(person.id, kept)
        store.attempts.forget(person.email)
        store.sessions.close_all(person.id)
        secret = store.sessions.open(person.id, config.session)
        store.record(known, "password.change")
    return secret


def change_person(
    store: Store,
    person: Person,
    *,
    actor: str,
    role: str | None = None,
    disabled: bool | None = None,
) -> None:
    """Give a person another role, or close or open the door; one administrator must stay."""
    if role is not None:
        _read_choice("role", role, ROLES)
    leaves = person.role == "admin" and (disabled is True or role not in (None, "admin"))
    with store.writing():
        if (
            leaves
            and not person.disabled_at
            and store.people.count_admins(person.organisation_id) < 2
        ):
            raise Problem("LAST_ADMIN")
        if role is not None:
            store.people.set_role(person.id, role)
        if disabled is True:
            store.people.disable(person.id)
            store.sessions.close_all(person.id)
            store.tokens.revoke_all(person.id)
        elif disabled is False:
            store.people.enable(person.id)
        told = _given(role=role, disabled=disabled)
        store.record(actor, "person.change", f"person:{person.id}", **told)


def make_token(
    store: Store, person: Person, *, name: str, scopes: Collection[str], days: int
) -> tuple[Token, str]:
    """Make a token that acts for a person; give it with its secret, which is not kept."""
    name = _read_name("name", name, 100)
    if not scopes or not set(scopes) <= set(SCOPES):
        raise of_field("scopes", " ".join(map(str, scopes)), "one_of", known=", ".join(SCOPES))
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise of_field("days", days, "days", most=LONGEST_TOKEN_DAYS)
    with store.writing():
        made = store.tokens.add(person.id, name, scopes, days * 86_400)
        told = {"scopes": sorted(scopes), "days": days}
        store.record(f"person:{person.id}", "token.make", f"token:{made[0].id}", **told)
    return made


def revoke_token(store: Store, token: Token, *, actor: str) -> None:
    """End a token at once."""
    with store.writing():
        store.tokens.revoke(token.id)
        store.record(actor, "token.revoke", f"token:{token.id}")


def add_system(
    store: Store, person: Person, *, name: str, version: str, artefact: str, actor: str
) -> System:
    """Add a vendor's system: one version, named by the SHA-256 of what is delivered."""
    digest = _ARTEFACT.fullmatch(artefact.strip())
    if digest is None:
        raise of_field("artefact", artefact, "digest")
    with store.writing():
        added = store.systems.add(
            person.organisation_id,
            _read_name("name", name, 200),
            _read_name("version", version, 100),
            f"sha256:{digest[1].lower()}",
            person.id,
        )
        if added is None:
            raise Problem("SYSTEM_EXISTS", found=f"{name.strip()} {version.strip()}")
        store.record(actor, "system.add", f"system:{added.id}", artefact=added.artefact)
    return added


def delete_system(store: Store, system: System, *, actor: str) -> None:
    """Delete a system that has sat no exam."""
    with store.writing():
        if not store.systems.delete(system.id):
            raise Problem("SYSTEM_EXAMINED")
        store.record(actor, "system.delete", f"system:{system.id}")


def _given(**values: object) -> dict[str, object]:
    """Give the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def _read_name(field: str, given: str, longest: int) -> str:
    """Read a name: one line of printable text."""
    name = unicodedata.normalize("NFC", given).strip()
    printable = all(unicodedata.category(sign)[0] != "C" for sign in name)
    if not name or len(name) > longest or not printable:
        raise of_field(field, given, "name", most=longest)
    return name


def _read_email(given: str) -> str:
    email = unicodedata.normalize("NFC", given).strip().lower()
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise of_field("email", given, "email")
    return email


def _read_choice(field: str, given: str, known: Collection[str]) -> None:
    if given not in known:
        raise of_field(field, given, "one_of", known=", ".join(known))
