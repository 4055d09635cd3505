"""Calls operations of any service through boto3, one a line of JSON on stdin.

It writes a line for each: the output, or the error as boto3 shows it.
"""

import functools
import json
import os
import sys

import boto3
import botocore.exceptions
from botocore import xform_name
from botocore.config import Config

# Versions before 1.28 do not read the endpoint from the environment.
ENDPOINT = os.environ["AWS_ENDPOINT_URL_CHIME"]


@functools.lru_cache(maxsize=None)
def client(service, key, secret, token):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token or None,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )


def output_of(who, call):
    name = xform_name(call["Operation"])
    if not call["PageSize"]:
        return getattr(who, name)(**call["Input"])
    pages = who.get_paginator(name).paginate(PaginationConfig={"PageSize": call["PageSize"]}, **call["Input"])
    return pages.build_full_result()


def outcome(call):
    who = client(call["Service"], call["AccessKeyId"], call["SecretAccessKey"], call["SessionToken"])
    try:
        output = output_of(who, call)
    except botocore.exceptions.ClientError as error:
        kind = type(error).__name__
        typed = kind != "ClientError"
        name = kind if typed else error.response["Error"]["Code"]
        return {
            "Error": {
                "Name": name.removesuffix("Exception"),
                "Typed": typed,
                "Message": error.response["Error"]["Message"],
                "Status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            }
        }
    output.pop("ResponseMetadata", None)
    return {"Output": output}


for line in sys.stdin:
    print(json.dumps(outcome(json.loads(line)), default=lambda moment: moment.isoformat()), flush=True)
