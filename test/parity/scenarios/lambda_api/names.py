"""Names, ARNs and qualifiers that are refused, wherever they are given."""

from botocore.exceptions import ClientError

from harness import entry

from .made import HANDLER


def arn(region, account, rest):
    return f"arn:aws:lambda:{region}:{account}:{rest}"


HOME, ACCOUNT = "us-east-1", "111111111111"
MINE = arn(HOME, ACCOUNT, "function:my-function")
ELSEWHERE = arn("invalid-region", ACCOUNT, "function:my-function")

# Function name and qualifier.
CASES = {
    "function_name_is_single_invalid": ("*", None),
    "invalid_characters_in_function_name": ("my-function!", None),
    "function_name_too_long": ("a" * 65, None),
    "invalid_characters_in_qualifier": ("my-function", "invalid!"),
    "qualifier_too_long": ("my-function", "a" * 129),
    "qualifier_too_long0": ("my-function", "a" * 129),
    "qualifier_too_long1": ("my-function", "a" * 65),
    "function_name_and_qualifier_too_long": ("my-function", "a" * 65),
    "invalid_account_id_in_partial_arn": ("invalid-account:function:my-function", None),
    "invalid_region_in_arn": (ELSEWHERE, None),
    "function_name_too_long_and_invalid_region": (ELSEWHERE + "a" * 170, None),
    "full_arn_and_qualifier_too_long_and_invalid_region": (
        f"{ELSEWHERE}-{'a' * 170}",
        "a" * 129,
    ),
    "non_lambda_arn": (f"arn:aws:ec2:{HOME}:{ACCOUNT}:instance:i-1234567890abcdef0", None),
    "full_arn_with_multiple_qualifiers": (f"{MINE}:1:2", None),
    "incomplete_arn": (arn(HOME, ACCOUNT, "function"), None),
    "partial_arn_with_extra_qualifier": ("function:my-function:$LATEST:extra", None),
    "latest_version_with_additional_qualifier": ("my-function:$LATEST", "1"),
    "lowercase_latest_qualifier": (MINE, "$latest"),
    "misspelled_latest_in_arn": (f"{MINE}:$LATES", None),
    "missing_region_in_arn": (arn("", ACCOUNT, "function:my-function"), None),
    "missing_account_id_in_arn": (arn(HOME, "", "function:my-function"), None),
}

OPERATIONS = ["create_function", "delete_function", "get_function", "invoke"]


@entry(
    "TestLambdaFunction::test_function_name_and_qualifier_validation",
    {
        f"{case}-{operation}": (operation, *CASES[case])
        for case in CASES
        for operation in OPERATIONS
    },
)
def names(t, operation, name, qualifier):
    try:
        if operation == "create_function":
            create(t, name if qualifier is None else f"{name}:{qualifier}")
        else:
            beside = {} if qualifier is None else {"Qualifier": qualifier}
            getattr(t.lambda_, operation)(FunctionName=name, **beside)
    except ClientError as refusal:
        error = refusal.response["Error"]
        t.record(f"{operation}_exception", counted(error), unordered=["Errors"])


def create(t, name):
    created = t.lambda_.create_function(
        FunctionName=name,
        Role=f"arn:aws:iam::{t.account}:role/none",
        Runtime="python3.12",
        Handler="handler.handler",
        Code={"ZipFile": t.zip(HANDLER)},
    )
    t.defer(t.lambda_.delete_function, FunctionName=created["FunctionName"])


def counted(error):
    """A refusal of several constraints as the recordings keep it: their number, and each by itself."""
    count, found, errors = error["Message"].partition(" detected: ")
    if not found:
        return error
    return {
        "Code": error["Code"],
        "Count": int(count.split()[0]),
        "Errors": errors.split("; "),
    }
