"""Functions from images. No registry is asked: what is recorded is how the function is shown."""

from harness import entry


def uri(t, placeholder):
    """The URI of a repository, which the recording hides by this name."""
    repository = f"{t.account}.dkr.ecr.{t.region}.amazonaws.com/{t.name('repository')}"
    t.hide(placeholder, repository)
    return f"{repository}:latest"


def make(t, image, **settings):
    name = t.name("image")
    created = t.lambda_.create_function(
        FunctionName=name,
        Role=t.role(),
        PackageType="Image",
        Code={"ImageUri": image},
        Environment={"Variables": {"CUSTOM_ENV": "test"}},
        **settings,
    )
    t.defer(t.lambda_.delete_function, FunctionName=name)
    t.active(name)
    return created


def gets(t, name, suffix):
    t.record(f"get-function-code{suffix}", t.lambda_.get_function, FunctionName=name)
    get = t.lambda_.get_function_configuration
    t.record(f"get-function-config{suffix}", get, FunctionName=name)


@entry("TestLambdaImages::test_lambda_image_crud")
def image(t):
    created = t.record("create-image-response", make(t, uri(t, "repo_uri")))
    name = created["FunctionName"]
    gets(t, name, "-response")
    update = t.lambda_.update_function_code
    t.record("image-to-zipfile-error", update, FunctionName=name, ZipFile=t.zip())
    second = uri(t, "repo_uri_2")
    t.record("update-function-code-response", update, FunctionName=name, ImageUri=second)
    t.active(name)
    gets(t, name, "-response-after-update")


@entry("TestLambdaImages::test_lambda_image_and_image_config_crud")
def image_configuration(t):
    config = {
        "EntryPoint": ["sh"],
        "Command": ["-c", "echo test"],
        "WorkingDirectory": "/app1",
    }
    created = make(t, uri(t, "repo_uri"), ImageConfig=config)
    t.record("create-image-with-config-response", created)
    name = created["FunctionName"]
    gets(t, name, "-with-config-response")
    update = t.lambda_.update_function_configuration
    changed = {"Command": ["-c", "echo test1"], "WorkingDirectory": "/app1"}
    t.record("update-function-code-response", update, FunctionName=name, ImageConfig=changed)
    t.active(name)
    gets(t, name, "-response-after-update")
    t.record(
        "update-function-code-delete-imageconfig-response",
        update,
        FunctionName=name,
        ImageConfig={},
    )
    t.active(name)
    gets(t, name, "-response-after-delete-imageconfig")
