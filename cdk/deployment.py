"""Everything that can be chosen about a deployment, typed and checked before anything is built."""

from __future__ import annotations

from dataclasses import dataclass, field


class OptionsError(Exception):
    """An option is missing, unknown or contradicts another; says in one sentence which, by its key."""


@dataclass(frozen=True, kw_only=True)
class SourceOptions:
    """A database of the company's that may be asked."""

    name: str
    """What people call it."""
    engine: str
    """"postgres", "redshift" or "athena"."""
    title: str = ""
    """What the page calls it; empty for its name in words."""
    description: str = ""
    """What it holds, in a sentence."""
    via: str = "wire"
    """"wire", or "data-api" for a Redshift that is asked by calls of AWS in place of a connection."""
    address: str = ""
    """"host:port"; not for athena and the Data API."""
    database: str = ""
    """The database; for athena the Glue database that is asked by default."""
    secret_arn: str = ""
    """The secret with "username" and "password"; not for athena, and not with login "iam"."""
    login: str = ""
    """"iam": AWS gives a short-lived password out in place of a secret; not for athena."""
    user: str = ""
    """The database's user for login "iam" and, of a cluster without a secret, for the Data API; empty for the user that
    Redshift has for the worker's role."""
    workgroup: str = ""
    """Athena's workgroup, empty for the one this deployment makes; or Redshift's, for the Data API and login "iam"."""
    cluster: str = ""
    """Redshift's provisioned cluster, for the Data API and, where the address does not name it, for login "iam"."""
    resource_id: str = ""
    """What AWS's rights call it: the id of Redshift's workgroup, or for login "iam" to Postgres `db-…`, `cluster-…` or
    `prx-…`."""
    region: str = ""
    """Its region for athena, the Data API and login "iam"; empty for the address's or the deployment's own."""
    tls: str = ""
    """"verify-full", "verify-ca", "require", "prefer" or "disable"; empty for "verify-full" with redshift, hosts of RDS
    and `ca`, "require" with other postgres."""
    ca: str = ""
    """The file with the certificate authorities that verify it: its path, from the folder of the file in which this
    option stands. RDS, Aurora and Redshift are verified by AWS's authorities without one."""
    security_group_id: str = ""
    """The database's security group, which then lets the worker in."""
    databases: tuple[str, ...] = ()
    """Further Glue databases that may be read."""
    glue_databases: tuple[str, ...] = ()
    """The same as `databases`, by its older name."""
    catalog: str = ""
    """Athena's catalog; empty for AwsDataCatalog, another for federated sources."""
    connector_arns: tuple[str, ...] = ()
    """The functions (ARNs) of a federated catalog's connector, which Athena invokes as the worker."""
    data_buckets: tuple[str, ...] = ()
    """Buckets that hold Athena's data, or what a connector spills."""
    output: str = ""
    """"s3://bucket/folder" where a workgroup of your own keeps its results."""
    result_reuse_minutes: int = 0
    """Minutes for which Athena itself shows a result again, at no cost; 0 for never."""
    usd_per_tb: float = 0.0
    """What Athena reads cost, in US dollars for a terabyte; 0 for the list price of most regions, 5."""
    large_gb: int = 0
    """Gigabytes beyond which a partitioned table of Athena is asked only with a filter on its partitions; 0 for 20."""
    large_partitions: int = 0
    """The same in partitions; 0 for 1000."""
    reuse_seconds: int = 0
    """Seconds for which rows are shown again for the very same query, with their age; 0 for never."""


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """Bedrock models per purpose."""

    sql: str = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
    """Writes SQL; a model's or an inference profile's id. A profile that begins with `global.` may be served in any
    region, one with `eu.`, `us.`, `apac.`… stays in its geography."""
    words: str = ""
    """Writes the words of an answer; empty for the model that writes SQL."""
    embedding: str = "amazon.titan-embed-text-v2:0"
    """Turns questions into vectors."""
    allowed: tuple[str, ...] = ()
    """Models that `configure` may switch to later without a new deployment."""
    few_shot: bool = True
    """Whether approved examples are shown to the model."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment, as `cdk.json` or an options file describes it."""

    name: str = "analyst"
    """Begins the name of every stack and function: lower-case letters, digits and hyphens, at most 20."""
    tags: dict[str, str] = field(default_factory=dict)
    """Put on everything that can carry tags."""

    # network
    vpc_id: str = ""
    """An existing VPC; empty to make one."""
    availability_zones: tuple[str, ...] = ()
    """Zones of the existing subnets, in their order."""
    private_subnet_ids: tuple[str, ...] = ()
    """Existing subnets that reach AWS (through NAT or endpoints): functions, page, load balancer, bastion."""
    isolated_subnet_ids: tuple[str, ...] = ()
    """Existing subnets for the database."""
    vpc_cidr: str = "10.20.0.0/16"
    """Addresses of a new VPC."""
    egress: str = "nat"
    """"nat" or "endpoints": how private subnets of a new VPC reach AWS."""
    nat_gateways: int = 1
    """NAT gateways of a new VPC (2 survive the loss of a zone)."""
    existing_endpoints: bool = False
    """True when the existing VPC already has the endpoint for private APIs; then its id is needed."""
    api_endpoint_id: str = ""
    """The existing VPC's endpoint for private APIs (execute-api)."""

    # data
    database_instance: str = "t4g.small"
    """Instance class of the product's own Postgres."""
    database_storage_gb: int = 20
    """Gigabytes of its disk; it grows by itself to ten times that."""
    database_multi_az: bool = False
    """Keep a standby in the second zone, which takes over when the first is lost."""
    database_backup_days: int = 7
    """Days that automatic backups are kept."""
    database_max_connections: int = 100
    """Connections that it accepts; functions may take 80 % of them."""
    database_rotation_days: int = 30
    """Days between new passwords; 0 for none."""
    database_proxy: bool = False
    """Put RDS Proxy before the database."""
    database_deletion_protection: bool = True
    """Whether the database refuses to be deleted until this is switched off."""
    database_tls: str = "verify-full"
    """"verify-full", "require", "prefer" or "disable"."""
    rds_bundle: str = ""
    """Where the layers' build takes AWS's certificate authorities of RDS from: a file, or the URL of a mirror; empty
    for AWS's own address. Only the file that `layers/rds.toml` pins is taken."""
    rds_ca: str = ""
    """A file of certificate authorities in place of that one, taken as it is: for the regions of GovCloud and China."""
    keep_results_days: int = 7
    """Days that results and exports are kept."""
    keep_questions_days: int = 90
    """Days that questions and answers are kept."""
    keep_audit_days: int = 400
    """Days after which entries of the audit are forgotten."""
    athena_cutoff_gb: int = 100
    """Gigabytes that one Athena query may scan in the deployment's own workgroup."""

    # functions
    architecture: str = "arm64"
    """"arm64" or "x86_64"."""
    python: str = "3.12"
    """Lambda's Python: "3.12" or "3.13"; "3.11" on x86_64 only."""
    start: str = "plain"
    """"plain", "snapstart" or "provisioned": how functions come up."""
    provisioned_environments: int = 1
    """Environments of each function that are kept warm with start provisioned."""
    api_concurrency: int = 20
    """Requests served at once; each holds a connection to the product's database."""
    worker_concurrency: int = 10
    """Questions answered at once; each holds a connection to the product's database."""
    querybot_concurrency: int = 20
    """Drafts written at once; none holds a connection."""
    embedder: str = "bedrock"
    """"bedrock", or "minilm" in a layer of its own."""
    words: str = "model"
    """"model" or "template": whether rows are shown to a model for the words of an answer."""
    words_rows: int = 50
    """Rows of a result that the model is shown at most."""
    log_level: str = "INFO"
    """"DEBUG", "INFO", "WARNING" or "ERROR"."""
    throttle_rate: int = 100
    """Requests a second."""
    throttle_burst: int = 200
    """Requests that may come at one moment."""
    row_limit: int = 1_000_000
    """Rows that one answer may hold."""
    query_seconds: int = 60
    """Seconds that one query may take on a source."""
    time_follows: str = "today"
    """What "last month" is counted from: today, or the last date of the data."""
    fiscal_start: int = 1
    """The month in which fiscal years begin."""
    abstain_below_percent: int = 0
    """Answers with less confidence than this are held back with a question for more precision."""

    # models and sources
    models: ModelOptions = field(default_factory=ModelOptions)
    """Which Bedrock model does what."""
    model_region: str = ""
    """Bedrock's region; empty for the deployment's own."""
    bedrock_endpoint_url: str = ""
    """A Bedrock endpoint of your own; empty for AWS's."""
    sources: tuple[SourceOptions, ...] = ()
    """The databases that may be asked."""

    # people
    policies: str = ""
    """The file policies.toml, which says who may see what: its path, from the folder of the file in which this option
    stands. Without it everybody who comes in may ask for all that the sources' users see."""
    token_hours: int = 12
    """Hours that somebody stays signed in; then the tunnel or the sign-in lets them in anew."""
    person_per_minute: int = 30
    """Questions and other requests that cost something, which one person may make in a minute; 0 for any number."""
    person_at_once: int = 5
    """Questions of one person that may wait or run at the same time; 0 for any number."""

    # page
    ui_image_uri: str = ""
    """A ready image of the page; empty to have CodeBuild make one."""
    ui_cpu: int = 512
    """CPU units of one of the page's tasks: 1024 are one processor."""
    ui_memory_mb: int = 1024
    """Memory of one task; Fargate allows certain pairs with ui_cpu only."""
    ui_tasks_min: int = 1
    """Tasks that always run."""
    ui_tasks_max: int = 5
    """Tasks that run under load."""
    ui_domain: str = ""
    """The page's name, for OIDC."""
    certificate_arn: str = ""
    """The certificate of that name; with it the load balancer speaks HTTPS."""
    oidc_issuer: str = ""
    """Signing in at the load balancer: needs ui_domain, certificate_arn, the client and egress nat."""
    oidc_authorization_endpoint: str = ""
    """Where the issuer lets people sign in."""
    oidc_token_endpoint: str = ""
    """Where the issuer hands out tokens."""
    oidc_user_info_endpoint: str = ""
    """Where the issuer says who somebody is."""
    oidc_client_id: str = ""
    """The page's client id at the issuer."""
    oidc_client_secret_arn: str = ""
    """The secret that holds the client's secret as plain text."""
    ui_client_cidrs: tuple[str, ...] = ()
    """Private networks (a VPN's, say) that may open the page without the tunnel; never the whole internet."""

    # access and watching
    bastion: bool = True
    """The small machine that the tunnel goes through."""
    bastion_instance: str = "t4g.nano"
    """Instance type of that machine."""
    alarm_email: str = ""
    """Who is written to when an alarm goes off; empty for nobody."""
    log_days: int = 30
    """Days that logs are kept; CloudWatch knows certain numbers only."""
    monthly_budget_usd: int = 0
    """A cost budget with a warning at 80 %; 0 for none."""
