# What sends events to functions.
resource "aws_sqs_queue" "dead" {
  name = "tf-dead"
  tags = { round = var.round }
}
resource "aws_sqs_queue" "work" {
  name                       = "tf-work"
  visibility_timeout_seconds = local.changed ? 90 : 60
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
}
resource "aws_sqs_queue" "fifo" {
  name                        = "tf-work.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
}
resource "aws_lambda_event_source_mapping" "sqs" {
  event_source_arn                   = aws_sqs_queue.work.arn
  function_name                      = aws_lambda_function.s3.arn
  batch_size                         = local.changed ? 50 : 100
  maximum_batching_window_in_seconds = 1
  function_response_types            = ["ReportBatchItemFailures"]
  scaling_config { maximum_concurrency = 5 }
  filter_criteria {
    filter { pattern = jsonencode({ body = { kind = ["a"] } }) }
  }
  tags = { round = var.round }
}
resource "aws_dynamodb_table" "t" {
  name             = "tf-table"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  range_key        = "at"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "at"
    type = "N"
  }
  attribute {
    name = "kind"
    type = "S"
  }
  global_secondary_index {
    name            = "by-kind"
    hash_key        = "kind"
    projection_type = "ALL"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  tags = { round = var.round }
}
resource "aws_lambda_event_source_mapping" "dynamodb" {
  event_source_arn               = aws_dynamodb_table.t.stream_arn
  function_name                  = aws_lambda_alias.live.arn
  starting_position              = "LATEST"
  batch_size                     = 10
  maximum_retry_attempts         = local.changed ? 3 : 2
  bisect_batch_on_function_error = true
  parallelization_factor         = 2
  destination_config {
    on_failure { destination_arn = aws_sqs_queue.dead.arn }
  }
}
resource "aws_kinesis_stream" "k" {
  name        = "tf-stream"
  shard_count = 1
}
resource "aws_lambda_event_source_mapping" "kinesis" {
  event_source_arn  = aws_kinesis_stream.k.arn
  function_name     = aws_lambda_function.s3.function_name
  starting_position = "TRIM_HORIZON"
  enabled           = false
}
resource "aws_s3_bucket_notification" "n" {
  bucket = aws_s3_bucket.code.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.s3.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "in/"
    filter_suffix       = ".txt"
  }
  depends_on = [aws_lambda_permission.s3]
}
resource "aws_cloudwatch_event_rule" "r" {
  name                = "tf-rule"
  schedule_expression = local.changed ? "rate(6 minutes)" : "rate(5 minutes)"
  tags                = { round = var.round }
}
resource "aws_cloudwatch_event_target" "r" {
  rule      = aws_cloudwatch_event_rule.r.name
  target_id = "function"
  arn       = aws_lambda_function.s3.arn
  input     = jsonencode({ from = "rule" })
}
resource "aws_cloudwatch_event_bus" "b" { name = "tf-bus" }
resource "aws_cloudwatch_event_rule" "p" {
  name           = "tf-pattern"
  event_bus_name = aws_cloudwatch_event_bus.b.name
  event_pattern  = jsonencode({ source = ["my.app"] })
}
resource "aws_cloudwatch_event_target" "p" {
  rule           = aws_cloudwatch_event_rule.p.name
  event_bus_name = aws_cloudwatch_event_bus.b.name
  arn            = aws_sqs_queue.work.arn
  input_transformer {
    input_paths    = { id = "$.id" }
    input_template = "{\"id\": <id>}"
  }
}
resource "aws_scheduler_schedule_group" "g" { name = "tf-group" }
resource "aws_scheduler_schedule" "s" {
  name       = "tf-schedule"
  group_name = aws_scheduler_schedule_group.g.name
  flexible_time_window { mode = "OFF" }
  schedule_expression          = local.changed ? "cron(0 13 * * ? *)" : "cron(0 12 * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"
  target {
    arn      = aws_lambda_function.s3.arn
    role_arn = aws_iam_role.f.arn
    input    = jsonencode({ from = "schedule" })
    retry_policy { maximum_retry_attempts = 3 }
  }
}
resource "aws_sns_topic" "t" {
  name = "tf-topic"
  tags = { round = var.round }
}
resource "aws_sns_topic_subscription" "f" {
  topic_arn     = aws_sns_topic.t.arn
  protocol      = "lambda"
  endpoint      = aws_lambda_function.s3.arn
  filter_policy = jsonencode({ kind = local.changed ? ["a", "c"] : ["a", "b"] })
}
resource "aws_sns_topic_subscription" "q" {
  topic_arn            = aws_sns_topic.t.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.work.arn
  raw_message_delivery = true
}
resource "aws_lambda_permission" "sns" {
  statement_id  = "sns"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.s3.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.t.arn
}
