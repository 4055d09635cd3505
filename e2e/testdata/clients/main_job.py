"""The main job through boto3.

It ends with an exception, and so with an exit code, when an answer is not as
it should be. Keys and region are in the environment.
"""

import datetime
import os
import re
import urllib.request

import boto3

# Versions before 1.28 do not read the endpoint from the environment.
VERSION = tuple(int(part) for part in boto3.__version__.split(".")[:2])
ENDPOINT = None if VERSION >= (1, 28) else os.environ["AWS_ENDPOINT_URL_CHIME"]

chime = boto3.client("chime", endpoint_url=ENDPOINT)


def equal(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def refused(exception, code, call, **params):
    """Check that a call is refused with a typed exception."""
    try:
        call(**params)
    except exception as error:
        equal(error.response["Error"]["Code"], exception.__name__)
        equal(error.response["Code"], code)
        assert error.response["Error"]["Message"]
    else:
        raise AssertionError("the call succeeded")


def main():
    account = chime.create_account(Name="Main job")["Account"]
    account_id = account["AccountId"]
    equal(account["AccountType"], "Team")

    email = "a+b/ö@example.com"
    answer = chime.create_user(AccountId=account_id, Email=email, UserType="PrivateUser")
    equal(answer["ResponseMetadata"]["HTTPStatusCode"], 201)
    user = answer["User"]
    age = datetime.datetime.now(datetime.timezone.utc) - user["RegisteredOn"]
    assert abs(age) < datetime.timedelta(minutes=1), age
    assert "PersonalPIN" not in user
    ids = {"AccountId": account_id, "UserId": user["UserId"]}

    got = chime.get_user(**ids)["User"]
    assert re.fullmatch(r"\d{10}", got["PersonalPIN"]), got
    equal(chime.update_user(LicenseType="Basic", **ids)["User"]["LicenseType"], "Basic")
    found = chime.list_users(AccountId=account_id, UserEmail=email.upper())
    equal([u["UserId"] for u in found["Users"]], [user["UserId"]])
    assert "NextToken" not in found
    chime.logout_user(**ids)
    chime.update_account_settings(AccountId=account_id, AccountSettings={"EnableDialOut": True})

    errors = chime.exceptions
    refused(errors.NotFoundException, "NotFound", chime.get_user, AccountId=account_id, UserId="no/such user")
    refused(errors.ConflictException, "Conflict", chime.create_user, AccountId=account_id, Email=email.upper())
    refused(errors.BadRequestException, "BadRequest", chime.create_user, AccountId=account_id, Email="nonsense")

    want = [user["UserId"]]
    for i in range(4):
        new = chime.create_user(AccountId=account_id, Email=f"user{i}@example.com")
        want.append(new["User"]["UserId"])
    pages = list(chime.get_paginator("list_users").paginate(AccountId=account_id, PaginationConfig={"PageSize": 2}))
    equal([len(page["Users"]) for page in pages], [2, 2, 1])
    equal([u["UserId"] for page in pages for u in page["Users"]], want)

    # Path labels that have to be escaped, and what they do to the signature.
    for odd in ("../x", "a/./b", "é", "%2B1", "+1 2", "~-._"):
        refused(errors.NotFoundException, "NotFound", chime.get_user, AccountId=account_id, UserId=odd)

    url = chime.generate_presigned_url("get_user", Params=ids, ExpiresIn=60)
    with urllib.request.urlopen(url) as presigned:
        equal(presigned.status, 200)


main()
