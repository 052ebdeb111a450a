"""Layers, their versions and policies."""

from harness import entry

from .made import HANDLER, make, refused


def publish(t, key, name, **settings):
    """Publishes a version of a layer; records and answers what came of it."""
    archive = t.zip({"python/layer.py": "X = 1\n"})
    operation = t.lambda_.publish_layer_version
    answer = t.call(operation, LayerName=name, Content={"ZipFile": archive}, **settings)
    if "Version" in answer:
        t.defer(
            t.lambda_.delete_layer_version, LayerName=name, VersionNumber=answer["Version"]
        )
    return t.record(key, answer)


PYTHON = {"CompatibleRuntimes": ["python3.12"], "CompatibleArchitectures": ["x86_64"]}


@entry(
    "TestLambdaLayer::test_layer_compatibilities",
    {
        "runtimes0": [f"nodejs{number}.x" for number in range(24, 10, -2)]
        + [f"python3.{number}" for number in range(14, 6, -1)],
        "runtimes1": ["java25", "java21", "java17", "java11", "java8.al2", "java8"]
        + ["dotnet10", "dotnet8", "dotnet6", "dotnetcore3.1", "go1.x"]
        + ["ruby3.4", "ruby3.3", "ruby3.2", "ruby2.7"],
        "runtimes2": ["provided.al2023", "provided.al2", "provided"],
    },
)
def compatibilities(t, runtimes):
    publish(
        t,
        "publish_result",
        t.name("layer"),
        CompatibleRuntimes=runtimes,
        CompatibleArchitectures=["arm64", "x86_64"],
    )


@entry("TestLambdaLayer::test_layer_exceptions")
def refused_layers(t):
    name = t.name("layer")
    made = publish(t, "publish_result", name, **PYTHON)
    layers, get = t.lambda_.list_layers, t.lambda_.get_layer_version
    key = "list_layers_exc_compatibleruntime_invalid"
    t.record(key, layers, CompatibleRuntime="runtimedoesnotexist")
    key = "list_layers_exc_compatiblearchitecture_invalid"
    t.record(key, layers, CompatibleArchitecture="archdoesnotexist")
    versions = t.lambda_.list_layer_versions
    t.record("list_nonexistent_layer", versions, LayerName="layerdoesnotexist")
    key = "get_layer_version_exc_layer"
    t.record(f"{key}_doesnotexist", get, LayerName="layerdoesnotexist", VersionNumber=1)
    for suffix, number in {"negative": -1, "zero": 0, "2": 2}.items():
        missing = f"{key}_version_doesnotexist_{suffix}"
        t.record(missing, get, LayerName=name, VersionNumber=number)
    by_arn, key = t.lambda_.get_layer_version_by_arn, "get_layer_version_by_arn_exc"
    t.record(f"{key}_invalidarn", by_arn, Arn=made["LayerArn"])
    t.record(f"{key}_nonexistentversion", by_arn, Arn=f"{made['LayerArn']}:2")
    delete = t.lambda_.delete_layer_version
    t.record("delete_nonexistent_response", delete, LayerName="nothere", VersionNumber=1)
    t.record("delete_nonexistent_version_response", delete, LayerName=name, VersionNumber=2)
    t.record("delete_layer_response", delete, LayerName=name, VersionNumber=1)
    t.record("delete_layer_again_response", delete, LayerName=name, VersionNumber=1)
    key = "delete_layer_version_exc_layerversion_invalid_version"
    t.record(key, delete, LayerName=name, VersionNumber=-1)
    empty = {"CompatibleRuntimes": [], "CompatibleArchitectures": []}
    publish(t, "publish_empty_result", f"{name}-2", **empty)
    refused_publications(t, name)


def refused_publications(t, name):
    for key, runtimes, architectures in [
        ("invalid_runtime_arch", ["invalidruntime"], ["invalidarch"]),
        (
            "partially_invalid_values",
            ["invalidruntime", "invalidruntime2", "nodejs20.x"],
            ["invalidarch", "x86_64"],
        ),
    ]:
        t.record(
            f"publish_layer_version_exc_{key}",
            t.lambda_.publish_layer_version,
            LayerName=name,
            Content={"ZipFile": t.zip(HANDLER)},
            CompatibleRuntimes=runtimes,
            CompatibleArchitectures=architectures,
        )


@entry("TestLambdaLayer::test_layer_function_exceptions")
def refused_layers_of_functions(t):
    name = t.name("layer")
    architecture = {"CompatibleArchitectures": ["x86_64"], "CompatibleRuntimes": []}
    one, two, three = (
        publish(t, key, name, **architecture)
        for key in ["publish_result", "publish_result_2", "publish_result_3"]
    )
    function = make(t)["FunctionName"]
    t.record("get_fn_result", t.lambda_.get_function, FunctionName=function)
    first, second, third = (made["LayerVersionArn"] for made in (one, two, three))
    nowhere = f"arn:aws:lambda:{t.region}:{t.account}:layer:doesnotexist:1"
    for key, layers in {
        "two_layer_versions_single_function_exc": [first, second],
        "three_layer_versions_single_function_exc": [first, second, third],
        "two_identical_layer_versions_single_function_exc": [first, first],
        "add_nonexistent_layer_exc": [nowhere],
        "add_nonexistent_layer_version_exc": [f"{one['LayerArn']}:9"],
        "add_layer_arn_without_version_exc": [one["LayerArn"]],
    }.items():
        update = t.lambda_.update_function_configuration
        t.record(key, update, FunctionName=function, Layers=layers)
    there = t.client("lambda", region="us-west-2")
    elsewhere = there.publish_layer_version(
        LayerName=name, Content={"ZipFile": t.zip({"python/layer.py": "X = 1\n"})}
    )
    t.defer(there.delete_layer_version, LayerName=name, VersionNumber=1)
    key = "create_function_with_layer_in_different_region"
    refused(t, key, Layers=[elsewhere["LayerVersionArn"]])


EVERYBODY = {"Action": "lambda:GetLayerVersion", "Principal": "*"}


@entry("TestLambdaLayer::test_layer_policy_exceptions")
def refused_policies(t):
    name = t.name("layer")
    publish(t, "publish_result", name, **PYTHON)
    add, get = t.lambda_.add_layer_version_permission, t.lambda_.get_layer_version_policy
    remove = t.lambda_.remove_layer_version_permission
    first = {"LayerName": name, "VersionNumber": 1}
    granted = {**EVERYBODY, "StatementId": "s1"}
    t.record("layer_permission_nopolicy_get", get, **first)
    t.record("add_layer_permission_result", add, **first, **granted)
    t.record("layer_permission_action_invalid", add, **first, **{**granted, "Action": "*"})
    t.record("layer_permission_duplicate_statement", add, **first, **granted)
    another = {**EVERYBODY, "StatementId": "s2"}
    t.record("layer_permission_wrong_revision", add, **first, **another, RevisionId="wrong")
    for what, place in {
        "layername": {"LayerName": f"{name}-doesnotexist", "VersionNumber": 1},
        "layerversion": {"LayerName": name, "VersionNumber": 2},
    }.items():
        key = f"layer_permission_{what}_doesnotexist"
        t.record(f"{key}_add", add, **place, **another)
        t.record(f"{key}_get", get, **place)
        t.record(f"{key}_remove", remove, **place, StatementId="s1")
    key = "layer_permission_statementid_doesnotexist_remove"
    t.record(key, remove, **first, StatementId="doesnotexist")
    key = "layer_permission_wrong_revision_remove"
    t.record(key, remove, **first, StatementId="s1", RevisionId="wrong")


@entry("TestLambdaLayer::test_layer_policy_lifecycle")
def life_of_a_policy(t):
    name = t.name("layer")
    publish(t, "publish_result", name, **PYTHON)
    add, get = t.lambda_.add_layer_version_permission, t.lambda_.get_layer_version_policy
    first = {"LayerName": name, "VersionNumber": 1}
    one = t.record("add_policy_s1", add, **first, **EVERYBODY, StatementId="s1")
    t.record("get_layer_version_policy", get, **first)
    revision = one["RevisionId"]
    two = t.record(
        "add_policy_s2", add, **first, **EVERYBODY, StatementId="s2", RevisionId=revision
    )
    t.record("get_layer_version_policy_postadd2", get, **first)
    remove = t.lambda_.remove_layer_version_permission
    t.record("remove_s2", remove, **first, StatementId="s2", RevisionId=two["RevisionId"])
    t.record("get_layer_version_policy_postdeletes2", get, **first)
