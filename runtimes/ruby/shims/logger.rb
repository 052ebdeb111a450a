# frozen_string_literal: true

# Found where a function requires 'logger': loads Ruby's own, and makes loggers of the standard output write as AWS's
# runtime makes them.
# https://docs.aws.amazon.com/lambda/latest/dg/ruby-logging.html
$LOAD_PATH.delete(__dir__)
require 'logger'
require 'json'

module LambdaLogging
  LEVELS = {
    'TRACE' => Logger::DEBUG, 'DEBUG' => Logger::DEBUG, 'INFO' => Logger::INFO,
    'WARN' => Logger::WARN, 'ERROR' => Logger::ERROR, 'FATAL' => Logger::FATAL
  }.freeze

  # Ruby's own line, with the request's id.
  class TextFormatter < Logger::Formatter
    def call(severity, time, progname, message)
      head = "#{severity[0]}, [#{format_datetime(time)} ##{Process.pid}] #{severity.rjust(5)}"
      line = "#{head} #{$_global_aws_request_id} -- #{progname}: #{msg2str(message)}"
      "#{LambdaLogging.text(line)}\n"
    end
  end

  class JsonFormatter < Logger::Formatter
    def call(severity, time, progname, message)
      error = message.is_a?(Exception) ? message : nil
      line = {
        timestamp: time.getutc.strftime('%Y-%m-%dT%H:%M:%S.%6NZ'),
        level: severity,
        message: LambdaLogging.text(error ? error.message : msg2str(message)),
        requestId: $_global_aws_request_id,
        logger: progname.to_s.empty? ? nil : LambdaLogging.text(progname.to_s),
        **(error ? failure_of(error) : {})
      }
      "#{JSON.generate(line.compact)}\n"
    end

    private

    def failure_of(error)
      trace = (error.backtrace || []).map { |it| LambdaLogging.text(it) }
      {
        errorType: error.class.to_s, errorMessage: LambdaLogging.text(error.message),
        stackTrace: trace, location: location_of(trace.first)
      }
    end

    def location_of(line)
      file, number, method = /\A(.+):(\d+):in [`'](.+)'\z/.match(line.to_s)&.captures
      file ? "#{file}:#{method}:#{number}" : line
    end
  end

  def self.text(value)
    value.encode('UTF-8', invalid: :replace, undef: :replace)
  end

  # A device of the log that Logger neither closes nor begins anew.
  class Output < Logger::LogDevice
    def initialize; end

    def write(message)
      LambdaOutput.write(message)
    end

    def reopen(_log = nil); end

    def close; end
  end

  def initialize(device, *shifts, **options)
    return super unless device.nil? || device == $stdout || device == $stderr

    is_json = ENV['AWS_LAMBDA_LOG_FORMAT'].to_s.upcase == 'JSON'
    level = LEVELS[ENV['AWS_LAMBDA_LOG_LEVEL'].to_s.upcase] || Logger::DEBUG
    formatter = options[:formatter] || (is_json ? JsonFormatter.new : TextFormatter.new)
    formatter.datetime_format = options[:datetime_format] if formatter.is_a?(Logger::Formatter)
    super(Output.new, *shifts, level: level, **options, formatter: formatter)
  end
end

Logger.prepend(LambdaLogging)
