"""Calls operations of any service through the AWS CLI, one a line of JSON on stdin.

It runs the CLI's own main function and writes a line for each: what the CLI
prints, or the error that it names.
"""

import contextlib
import functools
import io
import json
import os
import re
import sys

from awscli.clidriver import create_clidriver

# Versions 2 before 2.13 do not read the endpoint from the environment.
ENDPOINT = os.environ["AWS_ENDPOINT_URL_CHIME"]
ERROR = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation: (.*)", re.DOTALL)


def command(operation):
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", operation).lower()


@functools.lru_cache(maxsize=None)
def driver(*credentials):
    return create_clidriver()


def run(call):
    credentials = call["AccessKeyId"], call["SecretAccessKey"], call["SessionToken"]
    for name, value in zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), credentials):
        os.environ.pop(name, None)
        if value:
            os.environ[name] = value
    args = [call["Service"], command(call["Operation"]), "--endpoint-url", ENDPOINT, "--output", "json"]
    if call["PageSize"]:
        args += ["--page-size", str(call["PageSize"])]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            driver(*credentials).main(args + ["--cli-input-json", json.dumps(call["Input"])])
        except SystemExit:
            pass
    return out.getvalue(), err.getvalue()


def outcome(call):
    out, err = run(call)
    if not err:
        return {"Output": json.loads(out or "{}")}
    refusal = ERROR.search(err)
    assert refusal, err
    return {"Error": {"Name": refusal[1].removesuffix("Exception"), "Message": refusal[2].strip()}}


for line in sys.stdin:
    print(json.dumps(outcome(json.loads(line))), flush=True)
