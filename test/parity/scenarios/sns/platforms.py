"""Applications and endpoints of mobile platforms."""

from harness import entry

SECRETS = {"PlatformPrincipal": "dummy", "PlatformCredential": "dummy"}


def create(t, key=None, name=None, platform="ADM", attributes=None):
    arguments = {
        "Name": t.name("app") if name is None else name,
        "Platform": platform,
        "Attributes": SECRETS if attributes is None else attributes,
    }
    if key is not None:
        return t.record(key, t.sns.create_platform_application, **arguments)
    arn = t.sns.create_platform_application(**arguments)["PlatformApplicationArn"]
    t.defer(t.sns.delete_platform_application, PlatformApplicationArn=arn)
    t.hide("platform_application", arguments["Name"])
    return arn


def missing_application(t):
    return f"arn:aws:sns:{t.region}:{t.account}:app/ADM/{t.name()}"


@entry("TestSNSPlatformApplicationCrud::test_list_platform_applications")
def listed(t):
    create(t)
    t.record("list-platform-applications", t.sns.list_platform_applications)


@entry(
    "TestSNSPlatformApplicationCrud::test_create_platform_application_invalid_attributes",
    ["missing-principal"],
)
def missing_principal(t, _):
    create(
        t, "platform-application-no-attributes", attributes={"PlatformCredential": "dummy"}
    )


@entry(
    "TestSNSPlatformApplicationCrud::test_create_platform_application_invalid_name",
    {"too-long": "a" * 257, "empty": "", "invalid-char": "@name"},
)
def invalid_name(t, name):
    create(t, "invalid-application-name", name)


@entry("TestSNSPlatformApplicationCrud::test_create_platform_application_invalid_platform")
def invalid_platform(t):
    create(t, "invalid-platform", platform="AAA")


@entry("TestSNSPlatformApplicationCrud::test_get_platform_application_attributes")
def application_attributes(t):
    t.record(
        "get-application-attributes",
        t.sns.get_platform_application_attributes,
        PlatformApplicationArn=create(t),
    )


@entry("TestSNSPlatformApplicationCrud::test_get_platform_application_attributes_non_existing_app")
def attributes_of_none(t):
    t.record(
        "non_existing-application-arn",
        t.sns.get_platform_application_attributes,
        PlatformApplicationArn=missing_application(t),
    )


def set_of_none(t, attributes):
    t.record(
        "non_existing-application-arn",
        t.sns.set_platform_application_attributes,
        PlatformApplicationArn=missing_application(t),
        Attributes=attributes,
    )


SET_OF_NONE = (
    "TestSNSPlatformApplicationCrud::test_set_platform_application_attributes_non_existing_app"
)


@entry(SET_OF_NONE)
def set_nothing_of_none(t):
    set_of_none(t, {})


@entry(
    SET_OF_NONE,
    {"missing-credential": ({"PlatformPrincipal": "dummy"},), "dummy-args": (SECRETS,)},
)
def set_something_of_none(t, attributes):
    set_of_none(t, attributes)


def endpoint(t, application, key=None, **more):
    arguments = {"PlatformApplicationArn": application, "Token": "token_1", **more}
    if key is not None:
        return t.record(key, t.sns.create_platform_endpoint, **arguments)
    return t.sns.create_platform_endpoint(**arguments)["EndpointArn"]


@entry("TestSNSPlatformEndpointCrud::test_create_platform_endpoint_idempotency")
def one_for_a_token(t):
    application = create(t)
    endpoint(t, application, "create-platform-endpoint")
    endpoint(t, application, "create-platform-endpoint-idempotent")
    endpoint(
        t, application, "create-platform-endpoint-different-token", CustomUserData="other"
    )


def listing(t, application, key):
    t.record(
        key, t.sns.list_endpoints_by_platform_application, PlatformApplicationArn=application
    )


@entry("TestSNSPlatformEndpointCrud::test_list_platform_endpoints")
def endpoints(t):
    application = create(t)
    endpoint(t, application)
    listing(t, application, "list-endpoints-by-app")


@entry("TestSNSPlatformEndpointCrud::test_delete_platform_endpoint")
def delete_endpoint(t):
    application = create(t)
    arn = endpoint(t, application)
    listing(t, application, "list-endpoints-by-app-pre-delete")
    t.record("delete-endpoint", t.sns.delete_endpoint, EndpointArn=arn)
    listing(t, application, "list-endpoints-by-app-post-delete")


@entry("TestSNSPlatformEndpointCrud::test_delete_platform_endpoint_with_subscription")
def delete_with_subscription(t):
    """The account that was recorded had further subscriptions, on a next page; these stand for them."""
    application = create(t)
    arn = endpoint(t, application)
    topic = t.topic()
    made = t.sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=arn)

    def look(key):
        found = t.sns.list_subscriptions()
        own = [
            one
            for one in found["Subscriptions"]
            if one["SubscriptionArn"] == made["SubscriptionArn"]
        ]
        t.record(key, {**found, "Subscriptions": own, "NextToken": f"token {key}"})

    look("list-subscriptions-pre-delete")
    t.record("delete-endpoint", t.sns.delete_endpoint, EndpointArn=arn)
    look("list-subscriptions-post-delete")


@entry("TestSNSPlatformEndpointCrud::test_set_platform_endpoint_attributes")
def endpoint_attributes(t):
    arn = endpoint(t, create(t))
    t.record(
        "set-platform-endpoint-attributes",
        t.sns.set_endpoint_attributes,
        EndpointArn=arn,
        Attributes={"Enabled": "false"},
    )
    t.record(
        "get-platform-endpoint-attributes", t.sns.get_endpoint_attributes, EndpointArn=arn
    )


@entry("TestSNSPlatformEndpointCrud::test_set_platform_endpoint_attributes_invalid_arn")
def invalid_endpoint_arn(t):
    t.record(
        "set-platform-endpoint-attributes-non-existent-app",
        t.sns.set_endpoint_attributes,
        EndpointArn=f"arn:aws:sns:{t.region}:{t.account}:endpoint/ADM/{t.name()}",
        Attributes={"Enabled": "false"},
    )


@entry("TestSNSPlatformEndpointCrud::test_get_platform_endpoint_attributes_non_existent_endpoint")
def missing_endpoint(t):
    arn = endpoint(t, create(t))
    t.sns.delete_endpoint(EndpointArn=arn)
    t.record(
        "set-platform-endpoint-attributes-non-existent-app",
        t.sns.get_endpoint_attributes,
        EndpointArn=arn,
    )


@entry(
    "TestSNSPlatformEndpointCrud::test_set_platform_endpoint_attributes_invalid_attributes",
    {"Invalid_Name_Principal": ({"PlatformPrincipal": "dummy"},), "Empty": ({},)},
)
def set_invalid_attributes(t, attributes):
    t.record(
        "set-platform-endpoint-invalid-attributes",
        t.sns.set_endpoint_attributes,
        EndpointArn=endpoint(t, create(t)),
        Attributes=attributes,
    )


INVALID = "TestSNSPlatformEndpointCrud::test_create_platform_endpoint_with_invalid_attributes"


@entry(INVALID, ["Empty"])
def no_attributes(t, _):
    assert endpoint(t, create(t), Attributes={})


@entry(INVALID, ["Data_Too_Long"])
def too_long_data(t, _):
    endpoint(
        t,
        create(t),
        "create-platform-endpoint-invalid-attr",
        Attributes={"CustomUserData": "a" * 2049},
    )
