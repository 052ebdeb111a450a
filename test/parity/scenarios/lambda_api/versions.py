"""Versions, aliases and revisions."""

from harness import entry

from .made import make, make_plain, updated, wrapped


@entry("TestLambdaVersions::test_publish_version_on_create")
def published_on_creation(t):
    created = t.record("create_response", make_plain(t, Publish=True))
    name = created["FunctionName"]
    get, list_versions = t.lambda_.get_function, t.lambda_.list_versions_by_function
    t.active(name, Qualifier="1")
    t.record("get_function_result", get, FunctionName=name)
    t.record("get_function_version_result", get, FunctionName=name, Qualifier="1")
    t.record("get_function_latest_result", get, FunctionName=name, Qualifier="$LATEST")
    t.record("list_versions_result", list_versions, FunctionName=name)
    t.record("repeated_publish_response", t.lambda_.publish_version, FunctionName=name)
    t.record("list_versions_result_after_publish", list_versions, FunctionName=name)


@entry("TestLambdaVersions::test_version_lifecycle")
def life_of_versions(t):
    created = t.record("create_response", make_plain(t, Description="No version :("))
    name = created["FunctionName"]
    get, list_versions = t.lambda_.get_function, t.lambda_.list_versions_by_function
    update, publish = t.lambda_.update_function_configuration, t.lambda_.publish_version
    t.record("get_function_result", get, FunctionName=name)
    t.record("list_versions_result", list_versions, FunctionName=name)
    described = updated(t, name, update, Description="First version :)")
    t.record("first_update_response", described)
    t.record("first_update_get_function", get, FunctionName=name)
    t.record(
        "first_publish_response",
        publish,
        FunctionName=name,
        Description="First version description :)",
    )
    t.record("first_publish_get_function", get, FunctionName=name, Qualifier="1")
    t.record(
        "first_publish_get_function_config",
        t.lambda_.get_function_configuration,
        FunctionName=name,
        Qualifier="1",
    )
    described = updated(t, name, update, Description="Second version :))")
    t.record("second_update_response", described)
    t.record("first_publish_get_function_after_update", get, FunctionName=name, Qualifier="1")
    t.record("second_publish_response", publish, FunctionName=name)
    t.record("third_publish_response", publish, FunctionName=name)
    t.record("list_versions_result_after_third_publish", list_versions, FunctionName=name)
    t.lambda_.delete_function(FunctionName=name, Qualifier="1")
    key = "list_versions_result_after_deletion_of_first_version"
    t.record(key, list_versions, FunctionName=name)


@entry("TestLambdaVersions::test_publish_with_wrong_revisionid")
def publish_another_revision(t):
    created = t.record("create_response", make_plain(t, Runtime="python3.9"))
    name = created["FunctionName"]
    settled = t.record("get_fn_response", t.lambda_.get_function, FunctionName=name)
    publish = t.lambda_.publish_version
    t.record("publish_wrong_revisionid_exc", publish, FunctionName=name, RevisionId="doesnotexist")
    revision = settled["Configuration"]["RevisionId"]
    t.record("publish_result", publish, FunctionName=name, RevisionId=revision)


@entry("TestLambdaVersions::test_publish_with_wrong_sha256")
def publish_another_hash(t):
    created = t.record("create_response", make_plain(t))
    name = created["FunctionName"]
    settled = t.record("get_fn_response", t.lambda_.get_function, FunctionName=name)
    publish = t.lambda_.publish_version
    wrong = "somenonexistentsha256"
    t.record("publish_wrong_sha256_exc", publish, FunctionName=name, CodeSha256=wrong)
    right = settled["Configuration"]["CodeSha256"]
    t.record("publish_result", publish, FunctionName=name, CodeSha256=right)


@entry("TestLambdaVersions::test_publish_with_update")
def publish_new_code(t):
    created = t.record("create_response", make_plain(t))
    name = created["FunctionName"]
    get = t.lambda_.get_function
    t.record("get_function_result", get, FunctionName=name)
    archive = t.zip({"index.py": "def handler(event, context):\n    return 'new'\n"})
    update = t.lambda_.update_function_code
    key = "update_function_code_result"
    t.record(key, update, FunctionName=name, ZipFile=archive, Publish=True)
    t.record("get_function_version_result", get, FunctionName=name, Qualifier="1")
    t.record("get_function_latest_result", get, FunctionName=name, Qualifier="$LATEST")


@entry("TestLambdaAlias::test_notfound_and_invalid_routingconfigs")
def refused_routing(t):
    variables = {"Variables": {"testenv": "staging"}}
    created = t.record("create_response", make_plain(t, Publish=True, Environment=variables))
    name = created["FunctionName"]
    t.active(name, Qualifier="1")
    t.record("publish_v1", t.lambda_.publish_version, FunctionName=name)
    update = t.lambda_.update_function_configuration
    updated(t, name, update, Environment={"Variables": {"testenv": "prod"}})
    t.record("publish_v2", t.lambda_.publish_version, FunctionName=name)

    def create(key, version, weights=None, alias="custom", function=name):
        routing = {} if weights is None else {"AdditionalVersionWeights": weights}
        t.record(
            key,
            t.lambda_.create_alias,
            FunctionName=function,
            Name=alias,
            FunctionVersion=version,
            RoutingConfig=routing,
        )

    create("routing_config_exc_toomany", "1", {"1": 0.5, "2": 0.5})
    create("routing_config_exc_toohigh", "1", {"2": 2})
    create("routing_config_exc_subzero", "1", {"2": -1})
    create("routing_config_exc_sameversion", "1", {"1": 0.5})
    create("target_version_doesnotexist", "10", {"2": 0.5})
    create("routing_config_exc_version_doesnotexist", "1", {"10": 0.5})
    create("target_version_exc_version_latest", "$LATEST", {"1": 0.5})
    create("routing_config_exc_version_latest", "1", {"$LATEST": 0.5})
    t.record(
        "create-alias-latest",
        t.lambda_.create_alias,
        FunctionName=name,
        Name="custom-latest",
        FunctionVersion="$LATEST",
    )
    create("routing_config_exc_fn_doesnotexist", "1", {"2": 0.5}, function=f"{name}-unknown")
    create("create_alias_empty_routingconfig", "1", alias="custom-empty-routingconfig")
    create("create_alias_response", "1", {"2": 0.5})
    create("routing_config_exc_already_exist", "1", {"2": 0.5})
    get = t.lambda_.get_alias
    t.record("alias_does_not_exist_esc", get, FunctionName=name, Name="non-existent")


@entry("TestLambdaAlias::test_non_existent_alias_deletion")
def delete_missing_alias(t):
    variables = {"Variables": {"testenv": "staging"}}
    created = t.record("create_response", make_plain(t, Environment=variables))
    name = created["FunctionName"]
    delete = t.lambda_.delete_alias
    t.record("delete_alias_response", delete, FunctionName=name, Name="non-existent")


@entry("TestLambdaRevisions::test_function_revisions_basic")
def revisions_of_a_function(t):
    created = make_plain(t, Timeout=30, Environment={"Variables": {}})
    name = created["FunctionName"]
    t.record("create_function_response_rev1", wrapped(created))
    get = t.lambda_.get_function
    t.record("get_function_response_rev2", get, FunctionName=name)
    archive = t.zip({"index.py": "def handler(event, context):\n    return event\n"})
    code, first = t.lambda_.update_function_code, created["RevisionId"]
    key = "update_function_revision_exception"
    t.record(key, code, FunctionName=name, ZipFile=archive, RevisionId=first)
    second = get(FunctionName=name)["Configuration"]["RevisionId"]
    answer = updated(t, name, code, ZipFile=archive, RevisionId=second)
    t.record("update_function_code_response_rev3", answer)
    fourth = t.record("get_function_response_rev4", get, FunctionName=name)
    configure = t.lambda_.update_function_configuration
    t.record(
        "update_function_configuration_revision_exception",
        configure,
        FunctionName=name,
        Runtime="python3.8",
        RevisionId=answer["RevisionId"],
    )
    revision = fourth["Configuration"]["RevisionId"]
    answer = updated(t, name, configure, Runtime="python3.8", RevisionId=revision)
    t.record("update_function_configuration_response_rev5", answer)
    t.record("get_function_response_rev6", get, FunctionName=name)


@entry("TestLambdaRevisions::test_function_revisions_version_and_alias")
def revisions_of_versions_and_aliases(t):
    created = make(t)
    name = created["FunctionName"]
    t.record("create_function_response_rev1", wrapped(created))
    get, publish = t.lambda_.get_function, t.lambda_.publish_version
    active = t.record("get_function_active_rev2", get, FunctionName=name)
    key = "publish_version_revision_exception"
    t.record(key, publish, FunctionName=name, RevisionId=created["RevisionId"])
    revision = active["Configuration"]["RevisionId"]
    t.record("publish_version_response_rev_v1", publish, FunctionName=name, RevisionId=revision)
    t.record("get_function_published_version_rev_v2", get, FunctionName=name, Qualifier="1")
    t.record("get_function_latest_rev3", get, FunctionName=name)
    alias = t.record(
        "create_alias_response_rev_a1",
        t.lambda_.create_alias,
        FunctionName=name,
        Name="revision_alias",
        FunctionVersion="1",
    )
    t.record("get_function_latest_rev4", get, FunctionName=name)
    t.record("get_function_published_version_rev_v3", get, FunctionName=name, Qualifier="1")
    update = t.lambda_.update_alias
    changed = {"FunctionName": name, "Name": "revision_alias", "Description": "something changed"}
    key = "update_alias_revision_exception"
    t.record(key, update, **changed, RevisionId="wrong")
    t.record("update_alias_response_rev_a2", update, **changed, RevisionId=alias["RevisionId"])
