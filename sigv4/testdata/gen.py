"""Prints botocore.json: requests that botocore signed at a fixed time.

    python3 gen.py > botocore.json     # made with botocore 1.43.11

Every fourth request is presigned; some use the Date header, a session token,
a declared body hash, tabs in a header value or paths with dot segments.
"""

import datetime
import hashlib
import json
import random

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

auth.get_current_datetime = lambda *a, **k: datetime.datetime(2026, 11, 21, 20, 33, 4)
rnd = random.Random(4)

SEGMENTS = [
    "accounts", "aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb", "users", "%2B12065550100", "%252B12065550100",
    ".", "..", "", "a%2Fb", "..%2Fx", "%2E%2E", "%C3%A9%20%E2%82%AC", "a:b@c", "~x_y.z-", "a;b=c,d",
    "%27%28%29%2A%21", ".hidden", "...",
]
QUERY = [
    "operation=create", "max-results=5", "user-email=a%2Bb%40example.com",
    "next-token=tok%2F%2B%3D%25%26%C3%A9%20x", "empty=", "a=b", "a=a", "a-b=1", "a.b=2", "A=0",
    "a=%C3%A9", "z=~-_.",
]
BODIES = ["", "{}", '{"Email": "a+b@example.com", "UserType": "PrivateUser"}', "\u00e9\u20ac"]


def chance(p):
    return rnd.random() < p


def make_url():
    path = rnd.choice(["", "/console", "/pre/fix"]) + "/"
    path += "/".join(rnd.choice(SEGMENTS) for _ in range(rnd.randint(0, 5)))
    query = rnd.sample(QUERY, rnd.randint(0, 4))
    return "https://chime.us-east-1.amazonaws.com" + path + ("?" + "&".join(query) if query else "")


def make_headers(presigned, body):
    headers = {"User-Agent": "Boto3", "amz-sdk-invocation-id": "dcd212a3-4218-4bf0-8413-cd77ae386aa2"}
    if body:
        headers["Content-Type"] = "application/json"
    if chance(0.3):
        headers["X-Spaces"] = "  a   b \t c  "
    if not presigned and chance(0.25):
        headers["Date"] = "replaced by botocore"
    if chance(0.2):
        headers["X-Amz-Content-SHA256"] = hashlib.sha256(body.encode()).hexdigest()
    return headers


def make(presigned):
    method = "GET" if presigned else rnd.choice(["GET", "POST", "PUT", "DELETE"])
    body = rnd.choice(BODIES) if method in ("POST", "PUT") else ""
    request = AWSRequest(method=method, url=make_url(), data=body.encode(), headers=make_headers(presigned, body))
    token = "token/+=" if chance(0.3) else None
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    region = rnd.choice(["us-east-1", "eu-west-1", ""])
    signer = auth.SigV4QueryAuth if presigned else auth.SigV4Auth
    signer(credentials, "chime", region).add_auth(request)
    return {"Method": method, "URL": request.url, "Header": dict(request.headers.items()), "Body": body}


print(json.dumps([make(i % 4 == 3) for i in range(48)], indent=0))
