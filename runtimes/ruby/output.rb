# frozen_string_literal: true

# A function's output as AWS's runtime writes it: what `puts` is told, and what goes to a Logger, is one message of
# the log, however many lines it has. What is written to $stdout by itself stays plain.
module LambdaOutput
  FRAME_TYPE = 0xa55a0003
  @framed = false

  class << self
    # Takes frames where the platform does: on file descriptor 1, as plain lines, so that all keep their order.
    def set_up
      @framed = ENV.delete('_LAMBDA_TELEMETRY_LOG_FD') == '1'
      $stdout.sync = true
      return unless @framed

      Kernel.module_eval do
        def puts(*arguments)
          texts = arguments.flatten.map { |it| it.to_s.encode('UTF-8', invalid: :replace, undef: :replace) }
          message = texts.join("\n")
          LambdaOutput.write(message.end_with?("\n") ? message : "#{message}\n")
          nil
        end
        private :puts
      end
    end

    def write(message)
      return STDOUT.write(message) unless @framed

      bytes = message.b
      microseconds = Process.clock_gettime(Process::CLOCK_REALTIME, :microsecond)
      STDOUT.write([FRAME_TYPE, bytes.bytesize, microseconds].pack('L>L>Q>') << bytes)
    end
  end
end
