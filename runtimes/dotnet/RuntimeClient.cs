using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hearth.Runtime;

/// <summary>An answer of the Runtime API; the names of its headers in lower case.</summary>
internal sealed record Reply(Dictionary<string, string> Headers, byte[] Body);

/// <summary>
/// One keep-alive connection to the Runtime API; a result is posted and the next event asked for at once.
/// A socket alone: <c>HttpClient</c> takes longer to start than most functions run.
/// </summary>
internal sealed class RuntimeClient : IDisposable
{
    private const int HeadBytesMax = 64 * 1024;
    private static readonly byte[] HeadEnd = Encoding.UTF8.GetBytes("\r\n\r\n");
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly string _host;
    private readonly byte[] _buffer = new byte[HeadBytesMax];
    private int _start;
    private int _end;

    public RuntimeClient(string address)
    {
        var colon = address.LastIndexOf(':');
        _host = address[..colon];
        _socket.Connect(_host, int.Parse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    public Reply Get(string path)
    {
        Send(GetHead(path));
        return Receive();
    }

    public Reply Post(string path, ReadOnlyMemory<byte> body, string headers = "")
    {
        Send(PostHead(path, body.Length, headers), body);
        return Receive();
    }

    /// <summary>Posts, and answers with what another path is asked for in the same write.</summary>
    public Reply PostAndGet(string path, ReadOnlyMemory<byte> body, string headers, string nextPath)
    {
        Send(PostHead(path, body.Length, headers), body, GetHead(nextPath));
        Receive();
        return Receive();
    }

    public void Dispose() => _socket.Dispose();

    private byte[] GetHead(string path) => Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_host}\r\n\r\n");

    private byte[] PostHead(string path, int bytes, string headers) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {_host}\r\nContent-Type: application/json\r\n" +
        $"Content-Length: {bytes}\r\n{headers}\r\n");

    private void Send(params ReadOnlyMemory<byte>[] parts)
    {
        var all = new byte[parts.Sum(part => part.Length)];
        var offset = 0;
        foreach (var part in parts)
        {
            part.CopyTo(all.AsMemory(offset));
            offset += part.Length;
        }
        for (var sent = 0; sent < all.Length;) sent += _socket.Send(all.AsSpan(sent));
    }

    private Reply Receive()
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf(HeadEnd)) < 0) Fill();
        var head = Encoding.UTF8.GetString(_buffer, _start, length);
        _start += length + 4;
        var headers = new Dictionary<string, string>();
        foreach (var line in head.Split("\r\n").Skip(1))
        {
            var colon = line.IndexOf(':');
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }
        var bytes = headers.TryGetValue("content-length", out var text)
            ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
            : 0;
        return new Reply(headers, Take(bytes));
    }

    private byte[] Take(int bytes)
    {
        var body = new byte[bytes];
        var taken = Math.Min(bytes, _end - _start);
        _buffer.AsSpan(_start, taken).CopyTo(body);
        _start += taken;
        while (taken < bytes) taken += ReadSome(body.AsSpan(taken));
        return body;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length) throw new IOException("the Runtime API sent a head that is too long");
        _end += ReadSome(_buffer.AsSpan(_end));
    }

    private int ReadSome(Span<byte> target)
    {
        var read = _socket.Receive(target);
        return read > 0 ? read : throw new IOException("the Runtime API closed the connection");
    }
}
