# frozen_string_literal: true

# Hearth's runtime for Ruby: what stands between AWS's Runtime API and a function. Nothing but the
# standard library, and of it only what every function needs: it starts in a third of the time so.
# https://docs.aws.amazon.com/lambda/latest/dg/ruby-handler.html

require 'json'
require_relative 'client'
require_relative 'context'
require_relative 'errors'
require_relative 'output'

API = '/2018-06-01/runtime'

# Waits, as a booted process that belongs to nobody, for the function that it is to run.
def bind(client)
  binding = {}
  # While nobody waits for it, it is told that it may practise.
  binding = JSON.parse(client.get('/hearth/bind').last) until binding.key?('environment')
  ENV.replace(binding.fetch('environment'))
  # What Ruby read at its start, read again.
  $LOAD_PATH.unshift(*ENV.fetch('RUBYLIB', '').split(':'))
  Gem.clear_paths
end

# What AWS's runtime has loaded before a function's code is loaded when it is named. The shim of `logger` stands behind
# what the function brings.
def set_load_path
  $LOAD_PATH.insert(ENV.fetch('RUBYLIB', '').split(':').length, File.join(__dir__, 'shims'))
  Object.autoload(:Logger, 'logger')
  Object.autoload(:StringIO, 'stringio')
end

# The method behind `file.method` or `file.Class.method`, as something to call.
def load_handler(name)
  file, *scope, method = name.split('.')
  raise ArgumentError, "Invalid handler #{name}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME corresponds with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class namespace and METHOD is a callable method. If using CLASS, METHOD must be a class-level method." if method.nil? || scope.length > 1

  require File.join(Dir.pwd, file)
  owner = scope.empty? ? TOPLEVEL : Kernel.const_get(scope.first)
  ->(event, context) { owner.send(method.to_sym, event: event, context: context) }
end

# Content type and bytes of what a handler returned: an IO as it is, all else as JSON.
def marshal(result)
  # A StringIO is no IO, and its class may not be there.
  return ['application/unknown', result.read] if result.respond_to?(:read)

  ['application/json', result.to_json]
end

def answer(handler, headers, body)
  context = LambdaContext.new(headers)
  result = handler.call(body.empty? ? nil : JSON.parse(body), context)
  ['response', *marshal(result), {}]
rescue Exception => e # rubocop:disable Lint/RescueException -- exit and throw are the function's, too
  raise if e.is_a?(SignalException)

  failure = failure_of(e, 'Function')
  log_failure(critical?(e) ? 'Critical exception from handler' : 'Error raised from handler method', failure)
  type = { 'Lambda-Runtime-Function-Error-Type' => reported_type(e, 'Function') }
  [critical?(e) ? 'end' : 'error', 'application/json', JSON.generate(failure), type]
end

TOPLEVEL = self
client = RuntimeClient.new(ENV.fetch('AWS_LAMBDA_RUNTIME_API'))
bind(client) if ENV['HEARTH_STEM_CELL'] == '1'
ENV.delete('HEARTH_LAYERS_ROOT')
LambdaOutput.set_up
set_load_path
Dir.chdir(ENV.fetch('LAMBDA_TASK_ROOT', '/var/task'))
begin
  handler = load_handler(ENV.fetch('_HANDLER', ''))
rescue Exception => e # rubocop:disable Lint/RescueException -- a syntax error is none of StandardError
  failure = failure_of(e, 'Init')
  log_failure('Init error when loading handler ', failure)
  type = { 'Lambda-Runtime-Function-Error-Type' => reported_type(e, 'Init') }
  client.post("#{API}/init/error", 'application/json', JSON.generate(failure), type)
  exit!(1)
end

headers, body = client.get("#{API}/invocation/next")
loop do
  ENV['_X_AMZN_TRACE_ID'] = headers['lambda-runtime-trace-id']
  id = $_global_aws_request_id = headers.fetch('lambda-runtime-aws-request-id')
  kind, content_type, bytes, more = answer(handler, headers, body)
  if kind == 'end'
    client.post("#{API}/invocation/#{id}/error", content_type, bytes, more)
    exit(255)
  end
  path = "#{API}/invocation/#{id}/#{kind}"
  headers, body = client.post_and_get(path, content_type, bytes, more, "#{API}/invocation/next")
end
