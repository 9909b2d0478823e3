"""deploy.sh destroy and cleanup: asked first, told first, and nothing forgotten."""

from __future__ import annotations

from script_desk import Desk

SNAPSHOT = "analyst-data-snapshot-database-abc"


def test_it_asks_and_goes_no_further(desk: Desk) -> None:
    done = desk.run("deploy.sh", "destroy", typed="yes\n")
    assert done.returncode == 1
    assert done.stderr == 'Nothing was changed, because "analyst" was not typed.\n'
    for words in (
        "database analyst-data-database1234 with all questions",
        "approved examples: 2",
        "bucket analyst-data-bucket83908e77-1x2y3z: 2 objects and old versions, 2.0 MB",
        "stack analyst-network",
    ):
        assert words in done.stdout
    assert desk.changes == []


def test_a_number_that_is_not_told_holds_nobody_up(desk: Desk) -> None:
    desk.answer("lambda/payload.count_examples", {"error": {"code": "internal", "message": "no"}})
    done = desk.run("deploy.sh", "destroy", typed="no\n")
    assert "approved examples: their number is not known" in done.stdout


def test_everything_goes_and_the_snapshot_stays(desk: Desk) -> None:
    done = desk.run("deploy.sh", "destroy", typed="analyst\n")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    order = [call[1:3] for call in desk.changes]
    assert order.index(["rds", "modify-db-instance"]) < order.index(["s3api", "delete-objects"])
    assert order.index(["s3api", "delete-objects"]) < order.index(["destroy", "--all"])
    assert order.index(["ecr", "batch-delete-image"]) < order.index(["destroy", "--all"])
    assert len(desk.calls("ssm", "delete-parameter")) == 3
    assert not [call for call in desk.changes if any("accesslogs" in word for word in call)]
    assert (
        "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier analyst-restored "
        f"--db-snapshot-identifier {SNAPSHOT}" in done.stdout
    )


def test_all_versions_of_all_objects_are_deleted(desk: Desk) -> None:
    desk.run("deploy.sh", "--yes", "destroy")
    pages = desk.calls("list-object-versions", "--no-paginate")
    assert len(pages) == 2
    assert len(desk.calls("delete-objects")) == 1


def test_a_second_time_there_is_nothing(desk: Desk) -> None:
    desk.nothing_deployed()
    desk.answer("ssm/delete-parameter", "An error occurred (ParameterNotFound) when calling DeleteParameter")
    done = desk.run("deploy.sh", "--yes", "destroy")
    assert done.returncode == 0, done.stderr
    assert "Nothing of analyst is deployed in eu-west-1." in done.stdout
    assert desk.calls("cdk") == []


def test_what_could_not_be_removed_is_named(desk: Desk) -> None:
    desk.answer("cdk/destroy", "analyst-network: has a dependent object")
    desk.stack("analyst-network", "DELETE_FAILED")
    done = desk.run("deploy.sh", "--yes", "destroy")
    assert done.returncode == 1
    assert done.stderr.count("Not removed: ") == 1
    assert "analyst-network (DELETE_FAILED)" in done.stderr
    assert len([call for call in desk.calls("cdk") if call[1] == "destroy"]) == 2


def test_a_stack_of_earlier_options_goes_too(desk: Desk) -> None:
    desk.options(bastion=False)
    desk.answer("cdk/destroy", "only access is left")
    done = desk.run("deploy.sh", "--yes", "destroy")
    assert done.returncode == 1
    assert ["aws", "cloudformation", "delete-stack", "--stack-name", "analyst-access"] in desk.changes


def test_a_stack_under_way_is_left_alone(desk: Desk) -> None:
    desk.stack("analyst-data", "UPDATE_IN_PROGRESS")
    done = desk.run("deploy.sh", "--yes", "destroy")
    assert (done.returncode, desk.changes) == (1, [])
    assert done.stderr.startswith(
        "Nothing was changed, because the stack analyst-data is being changed right now"
    )


# --- cleanup


def test_cleanup_lists_and_asks(desk: Desk) -> None:
    (desk.project / "cdk" / "cdk.out").mkdir()
    done = desk.run("deploy.sh", "cleanup", typed="no\n")
    assert done.returncode == 1
    assert "layer:ProgramBase1234:2" in done.stdout
    assert "layer:ProgramBase1234:3" not in done.stdout
    assert "analyst-page:old-tag" in done.stdout
    assert ":0a1b2c3d4e5f" not in done.stdout
    assert desk.changes == []
    assert (desk.project / "cdk" / "cdk.out").exists()


def test_cleanup_removes_what_was_listed(desk: Desk) -> None:
    (desk.project / "layers" / "build").mkdir()
    done = desk.run("deploy.sh", "cleanup", typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert [call[2] for call in desk.changes] == ["delete-layer-version", "batch-delete-image"]
    assert not (desk.project / "layers" / "build").exists()


def test_cleanup_after_destroy(desk: Desk) -> None:
    desk.nothing_deployed()
    logs = "analyst-data-accesslogs8b620eca-4u5v6w"
    desk.answer("s3api/list-buckets", {"Buckets": [{"Name": logs}, {"Name": "analyst-data-lake"}]})
    desk.answer(
        f"s3api/get-bucket-tagging.{logs.replace('-', '_')}",
        {"TagSet": [{"Key": "aws:cloudformation:stack-name", "Value": "analyst-data"}]},
    )
    desk.answer("s3api/get-bucket-tagging", {"TagSet": []})
    desk.answer("logs/describe-log-groups.analyst_page", {"logGroups": [{"logGroupName": "/analyst/page"}]})
    done = desk.run("deploy.sh", "--yes", "cleanup")
    assert done.returncode == 0, done.stderr
    assert ["aws", "s3api", "delete-bucket", "--bucket", logs] in desk.changes
    assert ["aws", "logs", "delete-log-group", "--log-group-name", "/analyst/page"] in desk.changes
    assert not [call for call in desk.changes if "analyst-data-lake" in call]


def test_nothing_to_clean(desk: Desk) -> None:
    desk.nothing_deployed()
    done = desk.run("deploy.sh", "cleanup")
    assert done.returncode == 0, done.stderr
    assert "Nothing to clean up." in done.stdout
