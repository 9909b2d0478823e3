"""What must hold between the options, each rule one sentence that names the key.

The rules are kept by what they are about: the name, the network, what is stored, the functions, the models and
sources, the page, and the watch.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence

from deployment import Deployment, OptionsError, SourceOptions

TLS = ("require", "prefer", "disable")
ENGINES = ("postgres", "redshift", "athena")
SIGN_IN = (
    "oidc_issuer",
    "oidc_authorization_endpoint",
    "oidc_token_endpoint",
    "oidc_user_info_endpoint",
    "oidc_client_id",
    "oidc_client_secret_arn",
)
LOG_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""What CloudWatch Logs accepts."""
FARGATE = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
"""Memory that Fargate allows with each number of CPU units."""
PRIVATE = tuple(
    ipaddress.IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
CONNECTIONS_SHARE = 0.8
"""The part of the database's connections that functions may hold; the rest is for people and for RDS itself."""

_REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
_ACCOUNT = rf"{_REGION}:\d{{12}}"
_SECRET = rf"arn:aws[a-z-]*:secretsmanager:{_ACCOUNT}:secret:[A-Za-z0-9/_+=.@-]+"
_CERTIFICATE = rf"arn:aws[a-z-]*:acm:{_ACCOUNT}:certificate/[A-Za-z0-9-]+"
_MODEL = rf"[a-z0-9][a-z0-9.:-]*|arn:aws[a-z-]*:bedrock:{_REGION}:\d{{0,12}}:[a-z-]+/[A-Za-z0-9.:/-]+"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
_URL = r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/\S*)?"
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_ECR = rf"\d{{12}}\.dkr\.ecr\.{_REGION}\.amazonaws\.com(?:\.cn)?/\S+"


def check(deployment: Deployment) -> None:
    """Raise OptionsError for the first rule that does not hold."""
    for rule in (
        _name,
        _tags,
        _new_network,
        _existing_network,
        _way_out,
        _database,
        _kept,
        _functions,
        _start,
        _connections,
        _models,
        _sources,
        _page,
        _sign_in,
        _clients,
        _watch,
    ):
        rule(deployment)


def _refuse(key: str, sentence: str) -> None:
    raise OptionsError(f"{key}: {sentence}")


def _one_of(key: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        _refuse(key, f'must be one of {", ".join(allowed)}, not "{value}".')


def _between(key: str, value: int, *, low: int, high: int) -> None:
    if not low <= value <= high:
        _refuse(key, f"must be between {low} and {high}, not {value}.")


def _like(key: str, value: str, pattern: str, what: str) -> None:
    if not re.fullmatch(pattern, value):
        _refuse(key, f'must be {what}, not "{value}".')


def _like_all(key: str, values: Collection[str], pattern: str, what: str) -> None:
    for at, value in enumerate(values):
        _like(f"{key}[{at}]", value, pattern, what)
    if len(set(values)) != len(values):
        _refuse(key, "names the same thing twice.")


# the name and tags


def _name(deployment: Deployment) -> None:
    name = deployment.name
    if len(name) > 20:
        _refuse(
            "name", f'"{name}" has {len(name)} characters; at most 20 leave room for the names made from it.'
        )
    if name != name.lower():
        _refuse("name", f'"{name}" has capitals; buckets and databases take lower-case letters only.')
    if name.startswith(("aws", "ssm")):
        _refuse("name", f'"{name}" begins with aws or ssm, which Parameter Store keeps for itself.')
    if name == "primary":
        _refuse("name", '"primary" is the workgroup that Athena has in every account.')
    if not re.fullmatch(r"[a-z](?:-?[a-z0-9])*", name):
        _refuse(
            "name",
            f'"{name}" must be lower-case letters, digits and single hyphens, beginning with a letter.',
        )


def _tags(deployment: Deployment) -> None:
    if len(deployment.tags) > 40:
        _refuse("tags", "AWS takes 50 tags, of which 10 are left for its own; give at most 40.")
    for key, value in deployment.tags.items():
        if key.lower().startswith("aws:"):
            _refuse(f"tags.{key}", 'names that begin with "aws:" are reserved.')
        _like(
            "tags",
            key,
            r"[\w .:/=+@-]{1,128}",
            "named with at most 128 letters, digits, spaces and . : / = + @ _ -",
        )
        _like(
            f"tags.{key}",
            value,
            r"[\w .:/=+@-]{0,256}",
            "at most 256 letters, digits, spaces and . : / = + @ _ -",
        )


# the network


def _new_network(deployment: Deployment) -> None:
    _one_of("egress", deployment.egress, ("nat", "endpoints"))
    _between("nat_gateways", deployment.nat_gateways, low=1, high=2)
    network = _network("vpc_cidr", deployment.vpc_cidr)
    if not 16 <= network.prefixlen <= 24:
        _refuse("vpc_cidr", f"must be between /16 and /24, not /{network.prefixlen}.")
    if deployment.vpc_id:
        return
    for key in ("availability_zones", "private_subnet_ids", "isolated_subnet_ids"):
        if getattr(deployment, key):
            _refuse(key, "belongs to an existing VPC; give vpc_id, too.")
    if deployment.existing_endpoints or deployment.api_endpoint_id:
        key = "existing_endpoints" if deployment.existing_endpoints else "api_endpoint_id"
        _refuse(key, "belongs to an existing VPC; give vpc_id, too.")


def _network(key: str, text: str) -> ipaddress.IPv4Network:
    """A private IPv4 network, written as its first address."""
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as why:
        raise OptionsError(f'{key}: must be an IPv4 network such as 10.20.0.0/16, not "{text}".') from why
    if not any(network.subnet_of(private) for private in PRIVATE):
        _refuse(key, f"{text} is not a private network (10/8, 172.16/12, 192.168/16 or 100.64/10).")
    return network


def _existing_network(deployment: Deployment) -> None:
    if not deployment.vpc_id:
        return
    _like("vpc_id", deployment.vpc_id, r"vpc-[0-9a-f]{8,17}", "a VPC's id such as vpc-0123456789abcdef0")
    for key, default in (("egress", "nat"), ("nat_gateways", 1), ("vpc_cidr", "10.20.0.0/16")):
        if getattr(deployment, key) != default:
            _refuse(key, "is for a new VPC; leave it out with vpc_id, whose subnets bring their own way out.")
    zones = deployment.availability_zones
    if not zones:
        _refuse("availability_zones", "is missing: with vpc_id the zones of its subnets are needed.")
    _like_all("availability_zones", zones, _REGION + "[a-z]", "a zone such as eu-central-1a")
    if len(zones) < 2:
        _refuse(
            "availability_zones", "needs two zones at least: the database and the load balancer ask for them."
        )
    if len({zone[:-1] for zone in zones}) > 1:
        _refuse("availability_zones", f"must lie in one region, not in {', '.join(zones)}.")
    _subnets(deployment)
    _api_endpoint(deployment)


def _subnets(deployment: Deployment) -> None:
    zones = len(deployment.availability_zones)
    for key in ("private_subnet_ids", "isolated_subnet_ids"):
        ids: tuple[str, ...] = getattr(deployment, key)
        if not ids:
            _refuse(key, "is missing: with vpc_id its subnets are needed, one for each zone.")
        _like_all(key, ids, r"subnet-[0-9a-f]{8,17}", "a subnet's id such as subnet-0123456789abcdef0")
        if len(ids) != zones:
            _refuse(
                key,
                f"has {len(ids)} subnets for {zones} availability_zones; give one for each, in their order.",
            )
    both = sorted(set(deployment.private_subnet_ids) & set(deployment.isolated_subnet_ids))
    if both:
        _refuse(
            "isolated_subnet_ids", f"{both[0]} stands in private_subnet_ids, too; a subnet can be only one."
        )


def _api_endpoint(deployment: Deployment) -> None:
    if deployment.existing_endpoints and not deployment.api_endpoint_id:
        _refuse("api_endpoint_id", "is missing: with existing_endpoints the endpoint's id is needed.")
    if deployment.api_endpoint_id and not deployment.existing_endpoints:
        _refuse("existing_endpoints", "must be true when api_endpoint_id is given.")
    if deployment.api_endpoint_id:
        what = "an endpoint's id such as vpce-0123456789abcdef0"
        _like("api_endpoint_id", deployment.api_endpoint_id, r"vpce-[0-9a-f]{8,17}", what)


def _way_out(deployment: Deployment) -> None:
    """Endpoints lead to AWS's services of the same region and nowhere else."""
    if deployment.vpc_id or deployment.egress == "nat":
        return
    if deployment.model_region:
        _refuse(
            "model_region",
            "Bedrock in another region needs egress nat; endpoints reach their own region only.",
        )
    if any(getattr(deployment, key) for key in SIGN_IN):
        _refuse("oidc_issuer", "signing in needs egress nat: the load balancer has to reach the issuer.")
    if deployment.ui_image_uri and not re.fullmatch(_ECR, deployment.ui_image_uri):
        _refuse("ui_image_uri", "an image outside of ECR needs egress nat.")


# what is stored


def _database(deployment: Deployment) -> None:
    what = "an instance class without its db. in front, such as t4g.small"
    _like("database_instance", deployment.database_instance, r"[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9]+", what)
    _between("database_storage_gb", deployment.database_storage_gb, low=20, high=6_000)
    _between("database_backup_days", deployment.database_backup_days, low=1, high=35)
    _between("database_max_connections", deployment.database_max_connections, low=10, high=5_000)
    _between("database_rotation_days", deployment.database_rotation_days, low=0, high=1_000)
    _one_of("database_tls", deployment.database_tls, TLS)


def _kept(deployment: Deployment) -> None:
    _between("keep_results_days", deployment.keep_results_days, low=1, high=3_650)
    _between("keep_questions_days", deployment.keep_questions_days, low=1, high=3_650)
    _between("athena_cutoff_gb", deployment.athena_cutoff_gb, low=1, high=1_000_000)


# functions


def _functions(deployment: Deployment) -> None:
    _one_of("architecture", deployment.architecture, ("arm64", "x86_64"))
    _one_of("python", deployment.python, ("3.11", "3.12", "3.13"))
    if deployment.python == "3.11" and deployment.architecture != "x86_64":
        _refuse(
            "python", "3.11 goes with architecture x86_64 only; the database driver for arm64 needs 3.12."
        )
    _between("api_concurrency", deployment.api_concurrency, low=1, high=1_000)
    _between("worker_concurrency", deployment.worker_concurrency, low=1, high=1_000)
    _between("querybot_concurrency", deployment.querybot_concurrency, low=1, high=1_000)
    _one_of("embedder", deployment.embedder, ("bedrock", "minilm"))
    _one_of("words", deployment.words, ("model", "template"))
    _between("words_rows", deployment.words_rows, low=1, high=50)
    _one_of("log_level", deployment.log_level, ("DEBUG", "INFO", "WARNING", "ERROR"))
    _between("throttle_rate", deployment.throttle_rate, low=1, high=10_000)
    _between("throttle_burst", deployment.throttle_burst, low=1, high=5_000)
    _between("row_limit", deployment.row_limit, low=1, high=1_000_000)
    _between("query_seconds", deployment.query_seconds, low=1, high=600)


def _start(deployment: Deployment) -> None:
    _one_of("start", deployment.start, ("plain", "snapstart", "provisioned"))
    if deployment.start == "snapstart" and deployment.python == "3.11":
        _refuse("start", "snapstart needs python 3.12 or newer.")
    most = min(deployment.api_concurrency, deployment.querybot_concurrency)
    _between("provisioned_environments", deployment.provisioned_environments, low=1, high=most)


def _connections(deployment: Deployment) -> None:
    """Each environment of a function holds one connection; who asks for more than there are is turned away."""
    held = deployment.api_concurrency + deployment.worker_concurrency
    most = int(deployment.database_max_connections * CONNECTIONS_SHARE)
    if held > most:
        _refuse(
            "database_max_connections",
            f"api_concurrency + worker_concurrency = {held} connections are more than {most}, "
            f"which is 80 % of {deployment.database_max_connections}.",
        )


# models and sources


def _models(deployment: Deployment) -> None:
    models = deployment.models
    what = "a model's or an inference profile's id or ARN"
    _like("models.sql", models.sql, _MODEL, what)
    if models.words:
        _like("models.words", models.words, _MODEL, what)
    if deployment.embedder == "bedrock" or models.embedding:
        _like("models.embedding", models.embedding, _MODEL, what)
    _like_all("models.allowed", models.allowed, _MODEL, what)
    if deployment.model_region:
        _like("model_region", deployment.model_region, _REGION, "a region such as eu-central-1")
    if deployment.bedrock_endpoint_url:
        _like(
            "bedrock_endpoint_url",
            deployment.bedrock_endpoint_url,
            _URL,
            "a URL such as https://bedrock.example.com",
        )


def _sources(deployment: Deployment) -> None:
    seen: dict[str, int] = {}
    for at, source in enumerate(deployment.sources):
        key = f"sources[{at}]"
        _like(
            f"{key}.name",
            source.name,
            r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})",
            "letters, digits, _ and - (at most 63)",
        )
        if source.name.lower() in seen:
            _refuse(
                f"{key}.name", f'"{source.name}" is the name of sources[{seen[source.name.lower()]}], too.'
            )
        seen[source.name.lower()] = at
        _one_of(f"{key}.engine", source.engine, ENGINES)
        _one_of(f"{key}.tls", source.tls, TLS)
        if source.engine == "athena":
            _athena(key, source)
        else:
            _reached(key, source)


def _reached(key: str, source: SourceOptions) -> None:
    """A source that the worker reaches over the network."""
    host, _, port = source.address.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", host) or not re.fullmatch(
        r"\d{1,5}", port
    ):
        _refuse(f"{key}.address", f'must be "host:port", not "{source.address}".')
    _between(f"{key}.address", int(port), low=1, high=65_535)
    if not source.database:
        _refuse(f"{key}.database", f"is missing: a {source.engine} source needs it.")
    if not source.secret_arn:
        _refuse(f"{key}.secret_arn", f"is missing: a {source.engine} source needs the secret with its user.")
    _like(f"{key}.secret_arn", source.secret_arn, _SECRET, "the ARN of a secret in Secrets Manager")
    if source.security_group_id:
        what = "a security group's id such as sg-0123456789abcdef0"
        _like(f"{key}.security_group_id", source.security_group_id, r"sg-[0-9a-f]{8,17}", what)
    for name in ("workgroup", "glue_databases", "data_buckets"):
        if getattr(source, name):
            _refuse(f"{key}.{name}", f"is for athena; this source is {source.engine}.")


def _athena(key: str, source: SourceOptions) -> None:
    """A source that is reached through AWS's own interface."""
    for name in ("address", "secret_arn", "security_group_id"):
        if getattr(source, name):
            _refuse(f"{key}.{name}", "is not for athena, which has no address and no password.")
    if not source.glue_databases and not source.database:
        _refuse(f"{key}.glue_databases", "is missing: an athena source needs glue_databases or database.")
    names = r"[a-z0-9_-]{1,255}"
    _like_all(f"{key}.glue_databases", source.glue_databases, names, "a Glue database's name in lower case")
    if source.database:
        _like(f"{key}.database", source.database, names, "a Glue database's name in lower case")
    _like_all(f"{key}.data_buckets", source.data_buckets, _BUCKET, "a bucket's name")
    if source.workgroup:
        _like(f"{key}.workgroup", source.workgroup, r"[A-Za-z0-9._-]{1,128}", "a workgroup's name")


# the page


def _page(deployment: Deployment) -> None:
    if deployment.ui_image_uri:
        _like(
            "ui_image_uri",
            deployment.ui_image_uri,
            r"[a-z0-9][\w.:/@-]+",
            "an image such as registry.example.com/page:1",
        )
    if deployment.ui_cpu not in FARGATE:
        _refuse("ui_cpu", f"must be one of {', '.join(map(str, FARGATE))}, not {deployment.ui_cpu}.")
    memory = FARGATE[deployment.ui_cpu]
    if deployment.ui_memory_mb not in memory:
        _refuse(
            "ui_memory_mb",
            f"Fargate takes {_some(memory)} with ui_cpu {deployment.ui_cpu}, not {deployment.ui_memory_mb}.",
        )
    _between("ui_tasks_min", deployment.ui_tasks_min, low=1, high=50)
    _between("ui_tasks_max", deployment.ui_tasks_max, low=1, high=50)
    if deployment.ui_tasks_min > deployment.ui_tasks_max:
        _refuse(
            "ui_tasks_min", f"{deployment.ui_tasks_min} is more than ui_tasks_max {deployment.ui_tasks_max}."
        )
    if deployment.certificate_arn:
        _like("certificate_arn", deployment.certificate_arn, _CERTIFICATE, "the ARN of a certificate in ACM")
    if deployment.ui_domain:
        _like("ui_domain", deployment.ui_domain, _DOMAIN, "a name in lower case such as data.example.com")
        if not deployment.certificate_arn:
            _refuse(
                "certificate_arn",
                "is missing: with ui_domain the page speaks HTTPS and needs its certificate.",
            )


def _some(values: Sequence[int]) -> str:
    if len(values) <= 3:
        return ", ".join(map(str, values))
    return f"{values[0]} to {values[-1]} in steps of {values[1] - values[0]}"


def _sign_in(deployment: Deployment) -> None:
    given = [key for key in SIGN_IN if getattr(deployment, key)]
    if not given:
        return
    for key in ("ui_domain", "certificate_arn", *SIGN_IN):
        if not getattr(deployment, key):
            _refuse(key, f"is missing: with {given[0]} it is needed.")
    for key in SIGN_IN[:4]:
        _like(key, getattr(deployment, key), r"https://\S+", "a URL that begins with https://")
    what = "the ARN of a secret in Secrets Manager"
    _like("oidc_client_secret_arn", deployment.oidc_client_secret_arn, _SECRET, what)


def _clients(deployment: Deployment) -> None:
    own = None if deployment.vpc_id else ipaddress.IPv4Network(deployment.vpc_cidr)
    seen: list[ipaddress.IPv4Network] = []
    for at, text in enumerate(deployment.ui_client_cidrs):
        key = f"ui_client_cidrs[{at}]"
        if text.endswith("/0"):
            _refuse(key, "the page is never opened to the whole internet; name private networks.")
        network = _network(key, text)
        if own and network.subnet_of(own):
            _refuse(
                key, f"{network} lies in the deployment's own vpc_cidr {own}; name the networks of people."
            )
        for other in seen:
            if network.overlaps(other):
                _refuse(key, f"{network} and {other} overlap; one of them is enough.")
        seen.append(network)


# access and watching


def _watch(deployment: Deployment) -> None:
    what = "an instance type such as t4g.nano"
    _like("bastion_instance", deployment.bastion_instance, r"[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9]+", what)
    if deployment.log_days not in LOG_DAYS:
        _refuse("log_days", f"CloudWatch takes {', '.join(map(str, LOG_DAYS))}, not {deployment.log_days}.")
    if deployment.alarm_email:
        _like("alarm_email", deployment.alarm_email, r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")
    _between("monthly_budget_usd", deployment.monthly_budget_usd, low=0, high=10_000_000)
