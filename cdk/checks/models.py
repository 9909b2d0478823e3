"""The models that are asked."""

from __future__ import annotations

from checks.refusing import like, like_all
from checks.shapes import REGION
from deployment import Deployment

_MODEL = rf"[a-z0-9][a-z0-9.:-]*|arn:aws[a-z-]*:bedrock:{REGION}:\d{{0,12}}:[a-z-]+/[A-Za-z0-9.:/-]+"
_URL = r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/\S*)?"


def model_ids(deployment: Deployment) -> None:
    """Every model is named as Bedrock names models."""
    models = deployment.models
    what = "a model's or an inference profile's id or ARN"
    like("models.sql", models.sql, _MODEL, what)
    if models.words:
        like("models.words", models.words, _MODEL, what)
    if deployment.embedder == "bedrock" or models.embedding:
        like("models.embedding", models.embedding, _MODEL, what)
    like_all("models.allowed", models.allowed, _MODEL, what)
    if deployment.model_region:
        like("model_region", deployment.model_region, REGION, "a region such as eu-central-1")
    if deployment.bedrock_endpoint_url:
        like(
            "bedrock_endpoint_url",
            deployment.bedrock_endpoint_url,
            _URL,
            "a URL such as https://bedrock.example.com",
        )
