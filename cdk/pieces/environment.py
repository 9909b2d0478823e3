"""The environment variables of each function, all of them; `analyst.settings` reads them."""

from __future__ import annotations

from aws_cdk import Aws

from deployment import Deployment
from ways import RDS_BUNDLE


def querybot_environment(deployment: Deployment) -> dict[str, str]:
    """Models and their region: it has nothing else to know."""
    models = deployment.models
    return {
        **_everywhere(deployment),
        "ANALYST_MODEL_ID": models.sql,
        "ANALYST_WORDS_MODEL_ID": models.words or models.sql,
        "ANALYST_ALLOWED_MODELS": ",".join(models.allowed),
    }


def data_analyst_environment(
    deployment: Deployment, *, secret: str, address: str, bucket: str, querybot: str
) -> dict[str, str]:
    """Of data-analyst and its worker: where state, files, configuration and querybot are.

    `address` is the proxy's, or empty.
    """
    return {
        **_everywhere(deployment),
        "ANALYST_STATE_SECRET": secret,
        **({"ANALYST_STATE_ADDRESS": address} if address else {}),
        "ANALYST_STATE_TLS": deployment.database_tls,
        "ANALYST_RDS_CA": RDS_BUNDLE,
        "ANALYST_PARAMETERS": f"/{deployment.name}",
        "ANALYST_BUCKET": bucket,
        "ANALYST_QUERYBOT": querybot,
        "ANALYST_EMBEDDER": deployment.embedder,
        "ANALYST_KEEP_DAYS": str(deployment.keep_questions_days),
        "ANALYST_AUDIT_DAYS": str(deployment.keep_audit_days),
        "ANALYST_WORDS": deployment.words,
        "ANALYST_WORDS_ROWS": str(deployment.words_rows),
        "ANALYST_ENTRANCE": entrance(deployment),
    }


def entrance(deployment: Deployment) -> str:
    """How people prove who they are: at the load balancer where they sign in there, else with the tunnel's ticket."""
    return "oidc" if deployment.oidc_issuer else "aws"


def identity_environment(deployment: Deployment) -> dict[str, str]:
    """Of data-analyst alone, which verifies people: what their proof must say, how long it holds, how much they may.

    The load balancer's name is not known here: the stack of the page writes it to Parameter Store.
    """
    signing_in = {
        "ANALYST_OIDC_ISSUER": deployment.oidc_issuer,
        "ANALYST_OIDC_CLIENT_ID": deployment.oidc_client_id,
    }
    return {
        "ANALYST_TICKET_NAME": f"data-analyst-bi.{deployment.name}",
        **(signing_in if deployment.oidc_issuer else {}),
        "ANALYST_TOKEN_HOURS": str(deployment.token_hours),
        "ANALYST_PERSON_PER_MINUTE": str(deployment.person_per_minute),
        "ANALYST_PERSON_AT_ONCE": str(deployment.person_at_once),
    }


def _everywhere(deployment: Deployment) -> dict[str, str]:
    endpoint = deployment.bedrock_endpoint_url
    return {
        "ANALYST_MODEL": "bedrock",
        "ANALYST_REGION": deployment.model_region or Aws.REGION,
        "ANALYST_LOG_LEVEL": deployment.log_level,
        **({"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint} if endpoint else {}),
    }
