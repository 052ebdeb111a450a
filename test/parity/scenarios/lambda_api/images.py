"""Functions from images, each of one file, pushed to a repository."""

import hashlib
import io
import json
import tarfile

from harness import entry

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIGURATION = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


def upload(t, repository, blob):
    """Uploads a layer, or a configuration, by ECR's own operations; answers what a manifest says of it."""
    digest = "sha256:" + hashlib.sha256(blob).hexdigest()
    begun = t.ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    part = {"partFirstByte": 0, "partLastByte": len(blob) - 1, "layerPartBlob": blob}
    t.ecr.upload_layer_part(repositoryName=repository, uploadId=begun, **part)
    t.ecr.complete_layer_upload(repositoryName=repository, uploadId=begun, layerDigests=[digest])
    return {"digest": digest, "size": len(blob)}


def push(t, repository):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as files:
        file = tarfile.TarInfo("bootstrap")
        file.mode = 0o755
        files.addfile(file)
    layers = [{"mediaType": LAYER, **upload(t, repository, archive.getvalue())}]
    text = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Cmd": [repository]}})
    config = {"mediaType": CONFIGURATION, **upload(t, repository, text.encode())}
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
    t.ecr.put_image(
        repositoryName=repository, imageManifest=json.dumps(manifest), imageTag="latest"
    )


def uri(t, placeholder):
    """The URI of an image in a repository that the recording hides by this name."""
    name = t.name("repository")
    t.ecr.create_repository(repositoryName=name)
    t.defer(t.ecr.delete_repository, repositoryName=name, force=True)
    push(t, name)
    repository = f"{t.account}.dkr.ecr.{t.region}.amazonaws.com/{name}"
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
