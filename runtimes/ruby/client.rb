# frozen_string_literal: true

require 'socket'

# One keep-alive connection to the Runtime API; a result is posted and the next event asked for at once.
class RuntimeClient
  def initialize(address)
    @host, _, port = address.rpartition(':')
    @socket = TCPSocket.new(@host, Integer(port))
    @socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
  end

  def get(path)
    @socket.write(get_head(path))
    reply
  end

  def post(path, content_type, body, headers)
    @socket.write(post_head(path, content_type, body, headers), body)
    reply
  end

  def post_and_get(path, content_type, body, headers, next_path)
    @socket.write(post_head(path, content_type, body, headers), body, get_head(next_path))
    reply
    reply
  end

  private

  def get_head(path)
    "GET #{path} HTTP/1.1\r\nHost: #{@host}\r\n\r\n"
  end

  def post_head(path, content_type, body, headers)
    lines = headers.map { |name, value| "#{name}: #{value.gsub(/[[:cntrl:]]/, ' ')}\r\n" }.join
    "POST #{path} HTTP/1.1\r\nHost: #{@host}\r\nContent-Type: #{content_type}\r\n" \
      "Content-Length: #{body.bytesize}\r\n#{lines}\r\n"
  end

  # Headers, by their names in lower case, and body.
  def reply
    raise IOError, 'the Runtime API closed the connection' if @socket.gets("\r\n").nil?

    headers = {}
    while (line = @socket.gets("\r\n").chomp) != ''
      name, _, value = line.partition(':')
      headers[name.downcase] = value.strip.force_encoding(Encoding::UTF_8)
    end
    body = @socket.read(headers.fetch('content-length', '0').to_i)
    [headers, body.force_encoding(Encoding::UTF_8)]
  end
end
