"""ssh_tunnel.sh: what it needs, how it connects, that it comes back, and that nothing of it stays."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time

import pytest
from script_desk import Desk


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """The output up to a line with these words."""
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"{words!r} was not said: {said}{process.stderr and process.stderr.read()}")


def refused(desk: Desk, *more: str) -> str:
    """The one sentence of a tunnel that was not opened."""
    done = desk.run("ssh_tunnel.sh", "-l", str(free_port()), *more)
    assert done.returncode == 1, done.stdout
    assert done.stderr.count("\n") == 1
    assert desk.calls("ssh") == desk.changes == []
    return done.stderr.strip()


def test_the_page_is_reached(desk: Desk) -> None:
    port = free_port()
    process = desk.start("ssh_tunnel.sh", "-l", str(port), "--open")
    assert f"http://localhost:{port}" in read_until(process, "The page is at")
    desk.wait_for("xdg-open", f"http://localhost:{port}")
    os.kill(process.pid, signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "The tunnel is closed." in out
    command = desk.calls("ssh")[0]
    assert f"127.0.0.1:{port}:internal-analyst-page-1.eu-west-1.elb.amazonaws.com:80" in command
    assert command[-1] == "ec2-user@i-0123456789abcdef0"
    assert any(
        word == "ProxyCommand=aws ssm start-session --target %h --document-name AWS-StartSSHSession "
        "--parameters portNumber=%p"
        for word in command
    )
    key = desk.calls("send-ssh-public-key")[0]
    assert key[key.index("--instance-os-user") + 1] == "ec2-user"
    assert not os.path.exists(command[command.index("-i") + 1])
    with socket.socket() as probe:
        time.sleep(0.5)
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_ctrl_c_ends_it_in_peace(desk: Desk) -> None:
    process = desk.start("ssh_tunnel.sh", "-l", str(free_port()))
    read_until(process, "The page is at")
    _, err = desk.interrupt(process)
    assert (process.returncode, err) == (0, "")


def test_it_connects_again_with_a_new_key(desk: Desk) -> None:
    (desk.folder / "ssh").write_text("drop\nfail connection closed\n\n")
    process = desk.start("ssh_tunnel.sh", "-l", str(free_port()))
    read_until(process, "The page is at")
    said = read_until(process, "The page is at")
    desk.interrupt(process)
    assert "connection closed" in said
    assert len(desk.calls("send-ssh-public-key")) == len(desk.calls("ssh-keygen")) == 3


def test_it_does_not_try_forever(desk: Desk) -> None:
    (desk.folder / "ssh").write_text("fail Permission denied (publickey).\n")
    done = desk.run("ssh_tunnel.sh", "-l", str(free_port()))
    assert done.returncode == 1
    assert done.stderr.startswith(
        "The tunnel could not be opened in 6 attempts (Permission denied (publickey).)"
    )
    pauses = [float(call[1]) for call in desk.calls("sleep") if float(call[1]) >= 1]
    assert pauses == [1, 2, 4, 8, 16]


def test_a_port_in_use_names_its_holder(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = desk.run("ssh_tunnel.sh", "-l", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is in use by ")
    assert f"(process {os.getpid()})" in done.stderr
    assert desk.calls("aws") == []


def test_a_port_in_use_whose_holder_nobody_knows(desk: Desk) -> None:
    desk.without("ss")
    if (desk.bin / "lsof").exists():
        desk.without("lsof")
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = desk.run("ssh_tunnel.sh", "-l", str(server.getsockname()[1]))
    assert " is in use: end that, or choose another port with -l." in done.stderr


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("session-manager-plugin", "The Session Manager plugin is needed"),
        ("ssh", "ssh is needed"),
        ("ssh-keygen", "ssh-keygen is needed"),
        ("aws", "The AWS CLI is needed"),
    ],
)
def test_a_program_is_missing(desk: Desk, program: str, words: str) -> None:
    desk.without(program)
    assert refused(desk).startswith(words)


def test_without_credentials(desk: Desk) -> None:
    desk.answer("sts/get-caller-identity", "Unable to locate credentials.")
    assert refused(desk).startswith("No AWS credentials were found")


def test_a_stopped_bastion(desk: Desk) -> None:
    desk.answer("ec2/describe-instances", {"Reservations": [{"Instances": [{"State": {"Name": "stopped"}}]}]})
    assert "aws ec2 start-instances --instance-ids i-0123456789abcdef0" in refused(desk)


def test_no_bastion(desk: Desk) -> None:
    desk.options(bastion=False)
    desk.stack("analyst-access", "DELETE_COMPLETE")
    assert refused(desk).startswith("analyst has no bastion")


def test_nothing_deployed(desk: Desk) -> None:
    desk.nothing_deployed()
    assert refused(desk).startswith("Nothing of analyst is deployed in eu-west-1")


@pytest.mark.parametrize("wrong", [("-l",), ("-l", "http"), ("-l", "0"), ("-l", "70000"), ("-x",), ("here",)])
def test_wrong_usage(desk: Desk, wrong: tuple[str, ...]) -> None:
    done = desk.run("ssh_tunnel.sh", *wrong)
    assert (done.returncode, done.stderr.count("\n"), desk.log) == (2, 1, [])


def test_help(desk: Desk) -> None:
    done = desk.run("ssh_tunnel.sh", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ./ssh_tunnel.sh [-l PORT]")
