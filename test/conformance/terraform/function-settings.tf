# What is configured about functions: aliases, permissions, URLs, queues, concurrency.
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.zip.function_name
  function_version = aws_lambda_function.zip.version
  description      = "what callers use"
}
resource "aws_lambda_alias" "weighted" {
  name             = "weighted"
  function_name    = aws_lambda_function.zip.function_name
  function_version = "1"
  dynamic "routing_config" {
    for_each = local.changed ? [1] : []
    content { additional_version_weights = { (aws_lambda_function.zip.version) = 0.25 } }
  }
}
resource "aws_lambda_permission" "s3" {
  statement_id   = "s3"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.s3.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.code.arn
  source_account = var.account_id
}
resource "aws_lambda_permission" "url" {
  statement_id           = "url"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.zip.function_name
  qualifier              = aws_lambda_alias.live.name
  principal              = "*"
  function_url_auth_type = "NONE"
}
resource "aws_lambda_permission" "events" {
  statement_id_prefix = "events-"
  action              = "lambda:InvokeFunction"
  function_name       = aws_lambda_function.s3.arn
  principal           = "events.amazonaws.com"
  source_arn          = aws_cloudwatch_event_rule.r.arn
}
resource "aws_lambda_function_url" "live" {
  function_name      = aws_lambda_function.zip.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "NONE"
  invoke_mode        = "RESPONSE_STREAM"
  cors {
    allow_credentials = true
    allow_origins     = ["https://example.com"]
    allow_methods     = ["GET", "POST"]
    allow_headers     = ["date", "keep-alive"]
    expose_headers    = ["keep-alive", "date"]
    max_age           = local.changed ? 600 : 86400
  }
}
resource "aws_lambda_function_url" "iam" {
  function_name      = aws_lambda_function.s3.function_name
  authorization_type = "AWS_IAM"
}
resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_function.zip.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = local.changed ? 1 : 0
  destination_config {
    on_failure { destination = aws_sqs_queue.dead.arn }
    on_success { destination = aws_sns_topic.t.arn }
  }
}
resource "aws_lambda_provisioned_concurrency_config" "live" {
  function_name                     = aws_lambda_alias.live.function_name
  provisioned_concurrent_executions = 1
  qualifier                         = aws_lambda_alias.live.name
}
resource "aws_lambda_runtime_management_config" "m" {
  function_name     = aws_lambda_function.s3.function_name
  update_runtime_on = "FunctionUpdate"
}
resource "aws_lambda_function_recursion_config" "r" {
  function_name  = aws_lambda_function.s3.function_name
  recursive_loop = "Allow"
}
resource "aws_lambda_invocation" "i" {
  function_name = aws_lambda_function.s3.function_name
  input         = jsonencode({ a = 1 })
}
output "invoked" { value = aws_lambda_invocation.i.result }
output "url" { value = aws_lambda_function_url.live.function_url }
