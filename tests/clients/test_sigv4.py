"""AWS signatures: the gateway's, recomputed by botocore's own signer over the request that arrived."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conftest import StartGateway
from support.gateway import Gateway
from support.plans import Plan
from support.upstream import FakeUpstream, Seen

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
ROLE = "arn:aws:iam::123456789012:role/caller"
REGION = "eu-central-1"
PROFILE = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-v2:1"
ANSWER = {
    "inputTextTokenCount": 4,
    "results": [{"tokenCount": 3, "outputText": "Hi", "completionReason": "FINISH"}],
}


def route(model: str, **aws: Any) -> dict[str, Any]:
    """One Bedrock route."""
    return {
        "name": "r",
        "route_type": "llm/v1/completions",
        "model": {
            "provider": "bedrock",
            "name": model,
            "config": {"aws_config": {"aws_region": REGION, **aws}},
        },
    }


def ask(gateway: Gateway, prompt: str = "Größe 🦀") -> httpx.Response:
    return httpx.post(
        f"{gateway.url}/gateway/r/invocations", json={"prompt": prompt}, timeout=20, trust_env=False
    )


def signature_of(seen: Seen) -> str:
    authorization = seen.header("authorization")
    assert authorization is not None
    return authorization


def recomputed(seen: Seen, credentials: Credentials, service: str, region: str = REGION) -> str:
    """The `Authorization` header that botocore gives the same request at the same time."""
    authorization = signature_of(seen)
    names = authorization.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    sent = {name: seen.header(name) for name in names}
    assert None not in sent.values(), sent
    date = sent.pop("x-amz-date")
    host = sent.pop("host")
    assert sent.pop("x-amz-security-token", None) == credentials.token
    request = AWSRequest(seen.method, f"http://{host}{seen.target}", headers=sent, data=seen.body)
    request.context["timestamp"] = date
    signer = SigV4Auth(credentials, service, region)
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return str(request.headers["Authorization"])


@pytest.mark.parametrize("token", [None, "session/token+with=signs=="])
@pytest.mark.parametrize(
    "model",
    ["amazon.titan-tg1-large", "anthropic.claude-v2:1", "eu.anthropic.claude-v2:1", PROFILE],
)
def test_keys_from_the_config(
    start_gateway: StartGateway, upstream: FakeUpstream, model: str, token: str | None
) -> None:
    upstream.otherwise = lambda _: Plan.json(ANSWER)
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": SECRET}
    if token is not None:
        keys["aws_session_token"] = token
    endpoint = f"http://127.0.0.1:{upstream.port}"
    gateway = start_gateway(
        [route(model, aws_endpoint_url=endpoint, **keys)], "--log-level", "trace"
    )
    ask(gateway)
    seen = upstream.last
    assert signature_of(seen) == recomputed(
        seen, Credentials("AKIDEXAMPLE", SECRET, token), "bedrock"
    )
    more = "" if token is None else ";x-amz-security-token"
    signed = f"SignedHeaders=accept;content-type;host;x-amz-date{more},"
    assert signed in signature_of(seen)
    for secret in (SECRET, token or SECRET, signature_of(seen)):
        assert secret not in gateway.log


def assumed(number: int, lifetime: int) -> Plan:
    """What STS answers; call by call other keys."""
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + lifetime))
    body = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <Credentials>
      <AccessKeyId>ASIA{number}</AccessKeyId>
      <SecretAccessKey>secret-{number}</SecretAccessKey>
      <SessionToken>token-{number}</SessionToken>
      <Expiration>{until}</Expiration>
    </Credentials>
  </AssumeRoleResult>
</AssumeRoleResponse>"""
    return Plan(headers={"content-type": "text/xml"}, body=body.encode())


def test_a_role_through_sts(start_gateway: StartGateway, upstream: FakeUpstream) -> None:
    sts = FakeUpstream()
    try:
        sts.next(assumed(0, 50), assumed(1, 900))
        upstream.otherwise = lambda _: Plan.json(ANSWER)
        environment = {
            "AWS_ACCESS_KEY_ID": "AKIDBASE",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{sts.port}",
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"http://127.0.0.1:{upstream.port}",
        }
        gateway = start_gateway(
            [route("amazon.titan-tg1-large", aws_role_arn=ROLE)], env=environment
        )
        for _ in range(5):
            ask(gateway)
        numbers = [0, 1, 1, 1, 1]
        for seen, number in zip(upstream.wait_for(5), numbers, strict=True):
            keys = Credentials(f"ASIA{number}", f"secret-{number}", f"token-{number}")
            assert signature_of(seen) == recomputed(seen, keys, "bedrock")
        assert len(sts.requests) == 2
        for seen in sts.requests:
            assert parse_qs(seen.body.decode()) == {
                "Action": ["AssumeRole"],
                "Version": ["2011-06-15"],
                "RoleArn": [ROLE],
                "RoleSessionName": ["ai-gateway-bedrock"],
                "DurationSeconds": ["900"],
            }
            base = Credentials("AKIDBASE", SECRET)
            assert signature_of(seen) == recomputed(seen, base, "sts")
    finally:
        sts.close()
