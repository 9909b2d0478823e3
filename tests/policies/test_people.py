"""Who has which role: the first entry that fits, and nobody without one."""

from __future__ import annotations

import pytest

from analyst.errors import ConfigurationError, Forbidden
from analyst.identity import Entrance, Principal
from analyst.policies import Person, Policies, read
from analyst.policies.people import as_role, claims_named

ROLES = """
[roles.sales]
approves = true
[roles.sales.sources.s]
tables = ["public.*"]
[roles.guest.sources.s]
tables = ["public.t"]
"""
SSO = "arn:aws:iam::111122223333:role/AWSReservedSSO_Analysts_"


def people(text: str) -> Policies:
    return read(text + ROLES)


def person(entrance: Entrance, name: str, **claims: tuple[str, ...]) -> Principal:
    return Principal(entrance=entrance, name=name, claims=tuple(claims.items()))


def role_of(policies: Policies, principal: Principal) -> str:
    try:
        return policies.placed(principal).role
    except Forbidden:
        return ""


def test_the_first_entry_that_fits_wins() -> None:
    known = people(
        '[[people]]\nos = "anna"\nrole = "sales"\nuser = { tenant = "1", countries = ["DE", "FR"] }\n'
        '[[people]]\nos = "*"\nrole = "guest"\n'
    )
    anna = known.placed(person(Entrance.OS, "anna"))
    assert anna == Person(role="sales", attributes={"tenant": ("1",), "countries": ("DE", "FR")})
    assert known.placed(person(Entrance.OS, "berta")) == Person(role="guest")
    assert "DE" not in repr(anna), "what is known of a person is in no log"


def test_nobody_has_a_role_where_no_entry_fits() -> None:
    known = people('[[people]]\nos = "*"\nrole = "guest"\n')
    with pytest.raises(Forbidden, match="no role here"):
        known.placed(person(Entrance.OIDC, "anna"))
    with pytest.raises(Forbidden):
        read(ROLES).placed(person(Entrance.OS, "anna"))


@pytest.mark.parametrize(
    ("arn", "role"),
    [
        ("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Analysts_ab12/anna@example.com", "sales"),
        ("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_ab12/anna@example.com", ""),
        ("arn:aws:sts::999999999999:assumed-role/AWSReservedSSO_Analysts_ab12/anna@example.com", ""),
        ("arn:aws-cn:sts::111122223333:assumed-role/AWSReservedSSO_Analysts_ab12/anna", ""),
        ("arn:aws:iam::111122223333:user/AWSReservedSSO_Analysts_ab12", ""),
        ("arn:aws:sts::111122223333:federated-user/AWSReservedSSO_Analysts_ab12", ""),
        ("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Analysts_ab12/x/y", ""),
        ("arn:aws:iam::111122223333:user/bob", "guest"),
        ("arn:aws:iam::111122223333:user/staff/bob", "guest"),
        ("arn:aws:iam::111122223333:user/bobby", ""),
        ("arn:aws:iam::111122223333:root", ""),
    ],
)
def test_assumed_roles_are_compared_as_their_role(arn: str, role: str) -> None:
    known = people(
        f'[[people]]\naws = "{SSO}*"\nrole = "sales"\n'
        '[[people]]\naws = "arn:aws:iam::111122223333:user/bob"\nrole = "guest"\n'
    )
    assert role_of(known, person(Entrance.AWS, arn)) == role


def test_a_path_in_the_file_is_not_compared_as_assumed_roles_do_not_tell_theirs() -> None:
    path = "aws-reserved/sso.amazonaws.com/eu-west-1/"
    known = people(f'[[people]]\naws = "{SSO.replace("role/", "role/" + path)}*"\nrole = "sales"\n')
    arn = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Analysts_ab12/anna"
    assert role_of(known, person(Entrance.AWS, arn)) == "sales"
    assert as_role(arn) == f"{SSO}ab12"


def test_every_claim_has_to_hold() -> None:
    known = people('[[people]]\noidc = { groups = "bi", email_verified = "true" }\nrole = "sales"\n')
    assert role_of(known, person(Entrance.OIDC, "a", groups=("x", "bi"), email_verified=("true",))) == "sales"
    assert role_of(known, person(Entrance.OIDC, "a", groups=("x", "bi"))) == ""
    assert role_of(known, person(Entrance.OIDC, "a", groups=("bi2",), email_verified=("true",))) == ""
    assert role_of(known, person(Entrance.OS, "a", groups=("bi",), email_verified=("true",))) == ""
    assert claims_named(known.people) == {"groups", "email_verified"}


def test_attributes_come_from_claims_and_are_missing_where_those_are() -> None:
    known = people('[[people]]\noidc = "*"\nrole = "sales"\nuser = { tenant = ":claim.org", area = "1" }\n')
    found = known.placed(person(Entrance.OIDC, "a", org=("7", "8")))
    assert found.attributes == {"tenant": ("7", "8"), "area": ("1",)}
    assert known.placed(person(Entrance.OIDC, "a")).attributes == {"area": ("1",)}
    assert claims_named(known.people) == {"org"}


def test_a_role_approves_only_where_it_says_so() -> None:
    known = read(ROLES)
    assert [known.roles[name].approves for name in ("sales", "guest")] == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('people = "anna"', "people must be written as [[people]]"),
        ("people = [3]", "people[1] must be a table"),
        ('[[people]]\nrole = "sales"\n', 'people[1] must hold one of "os", "aws" and "oidc"'),
        ('[[people]]\nos = "a"\naws = "b"\nrole = "sales"\n', "people[1] must hold one of"),
        ('[[people]]\nos = "anna"\n', "people[1].role is missing"),
        ('[[people]]\nos = "anna"\nrole = "boss"\n', "people[1].role names 'boss', which is not among"),
        ('[[people]]\nos = "a"\nrole = "sales"\n[[people]]\nos = 3\nrole = "sales"\n', "people[2].os must"),
        ('[[people]]\nos = "an*"\nrole = "sales"\n', "people[1].os must be the name of a user"),
        ('[[people]]\naws = "*"\nrole = "sales"\n', "people[1].aws must be written as arn:aws:iam"),
        ('[[people]]\naws = "arn:aws:iam::*:role/r"\nrole = "sales"\n', "people[1].aws must be written as"),
        (f'[[people]]\naws = "{SSO}*/x"\nrole = "sales"\n', "people[1].aws must be written as"),
        ('[[people]]\naws = "arn:aws:iam::1:role/r"\nrole = "sales"\n', "people[1].aws must be written as"),
        ('[[people]]\noidc = "anna"\nrole = "sales"\n', "people[1].oidc must be claims and their values"),
        ('[[people]]\noidc = {}\nrole = "sales"\n', "people[1].oidc must be claims and their values"),
        ('[[people]]\noidc = { groups = ["a"] }\nrole = "sales"\n', "people[1].oidc must be claims"),
        ('[[people]]\nos = "a"\nrole = "sales"\nuser = 3\n', "people[1].user must be a table"),
        ('[[people]]\nos = "a"\nrole = "sales"\nuser = { t = 1 }\n', "people[1].user.t must be a text"),
        ('[[people]]\nos = "a"\nrole = "sales"\nuser = { T = "1" }\n', "people[1].user.T is no name"),
        (
            '[[people]]\nos = "a"\nrole = "sales"\nuser = { t = ":claim.x" }\n',
            "for people who come in by oidc",
        ),
        (
            '[[people]]\noidc = "*"\nrole = "sales"\nuser = { t = ["a", ":claim.x"] }\n',
            'people[1].user.t can be ":claim.NAME", by itself',
        ),
        ('[[people]]\nos = "a"\nrole = "sales"\ncolour = "red"\n', "people[1].colour is not known here"),
        ("[roles.x]\napproves = 1\n", "roles.x.approves must be true or false"),
    ],
)
def test_what_is_wrong_with_an_entry_is_named_by_its_key(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        people(text + "\n")
    assert said in str(caught.value)
