"""S3's notifications to functions, as AWS answered them."""

from harness import entry

T = "TestS3NotificationsToLambda::"


@entry(T + "test_invalid_lambda_arn")
def invalid_function(t):
    bucket = t.bucket()
    write = t.s3.put_bucket_notification_configuration

    def configured(arn):
        rule = {"Id": "id123", "Events": ["s3:ObjectCreated:*"], "LambdaFunctionArn": arn}
        return {
            "Bucket": bucket,
            "NotificationConfiguration": {"LambdaFunctionConfigurations": [rule]},
        }

    broken = configured("invalid-queue")
    t.record("invalid_not_skip", write, **broken, SkipDestinationValidation=False)
    t.record("invalid_skip", write, **broken, SkipDestinationValidation=True)
    missing = configured(f"arn:aws:lambda:{t.region}:{t.account}:function:my-lambda")
    t.record("lambda-does-not-exist", write, **missing, SkipDestinationValidation=False)
    write(**missing, SkipDestinationValidation=True)
    read = t.s3.get_bucket_notification_configuration
    t.record("skip_destination_validation", read, Bucket=bucket)
