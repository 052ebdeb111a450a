# frozen_string_literal: true

# Errors in the forms of AWS's runtime for Ruby.
# https://docs.aws.amazon.com/lambda/latest/dg/ruby-exceptions.html

# Classes that the platform is told of by name; others may say more than it should know.
TOLD_ERRORS = %w[
  ArgumentError NoMethodError Exception StandardError NameError LoadError SystemExit SystemStackError
].freeze
STACK_LINES_MAX = 100

# The error's JSON; `phase` is `Function` or `Init`.
def failure_of(error, phase)
  lines = (error.backtrace_locations || []).first(STACK_LINES_MAX)
  own = lines.take_while { |line| !line.absolute_path.to_s.start_with?(__dir__) }
  message = error.message.dup.force_encoding(Encoding::UTF_8).scrub
  { errorMessage: message, errorType: "#{phase}<#{error.class}>", stackTrace: own.map(&:to_s) }
end

# What the header says of its class.
def reported_type(error, phase)
  name = error.class.to_s
  "#{phase}<#{TOLD_ERRORS.include?(name) ? name : 'UserException'}>"
end

# After these AWS's runtime ends: a name that is not there, and what is no StandardError.
def critical?(error)
  error.is_a?(NameError) || !error.is_a?(StandardError)
end

def log_failure(title, failure)
  puts title
  puts JSON.pretty_generate(failure)
end
