using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Hearth.Runtime;

/// <summary>
/// The function's log in the forms of AWS's runtime: each message with time, request id and level, or as JSON, and
/// kept in one piece by a frame where the platform reads frames.
/// https://docs.aws.amazon.com/lambda/latest/dg/csharp-logging.html
/// </summary>
internal sealed class FunctionLog
{
    private static readonly string[] Levels = { "Trace", "Debug", "Information", "Warning", "Error", "Critical" };
    private static readonly string[] Labels = { "trce", "dbug", "info", "warn", "fail", "crit" };
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const uint TextFrame = 0xa55a0003;
    private const uint JsonFrame = 0xa55a0002;
    private const int FrameHeadBytes = 16;

    private readonly Stream _output;
    private readonly bool _isFramed = Environment.GetEnvironmentVariable("_LAMBDA_TELEMETRY_LOG_FD") == "1";
    private readonly string _format = Setting("FORMAT").ToLowerInvariant();
    private readonly int _levelMin = LevelMin(Setting("LEVEL"));
    private string? _requestId;
    private string? _traceId;

    public FunctionLog(Stream output) => _output = output;

    /// <summary>The log of this process, once it has a function.</summary>
    public static FunctionLog? Current { get; private set; }

    /// <summary>Makes this the log that the console writes to.</summary>
    public static FunctionLog Install()
    {
        var log = new FunctionLog(Console.OpenStandardOutput());
        Environment.SetEnvironmentVariable("_LAMBDA_TELEMETRY_LOG_FD", null);
        Console.SetOut(new LogWriter(log, "Information"));
        Console.SetError(new LogWriter(log, "Error"));
        return Current = log;
    }

    /// <summary>The event that messages belong to from now on.</summary>
    public void Enter(string requestId, string? traceId) => (_requestId, _traceId) = (requestId, traceId);

    /// <summary>Writes a message; of a template <c>{name}</c> the arguments are put in by their order.</summary>
    public void Write(string? level, Exception? error, string? template, params object?[]? arguments)
    {
        var rank = level is null ? -1 : Array.FindIndex(Levels, it => it.Equals(level, StringComparison.OrdinalIgnoreCase));
        if (rank >= 0 && rank < _levelMin) return;
        var message = new LogMessage(template ?? "", arguments);
        var now = DateTime.UtcNow;
        Emit(_format switch
        {
            "json" => Json(now, rank < 0 ? "Information" : Levels[rank], error, message),
            "unformatted" => $"{Joined(message.Text, error)}\n",
            _ => $"{Prefix(now, rank < 0 ? level : Labels[rank])}{Joined(message.Text, error)}\n",
        }, rank, now);
    }

    /// <summary>Writes text as it is.</summary>
    public void WriteRaw(ReadOnlySpan<char> text)
    {
        if (text.Length > 0) Emit(text.ToString(), -1, DateTime.UtcNow);
    }

    /// <summary>Leads what <c>LambdaLogger</c> of a loaded Amazon.Lambda.Core is told to this log.</summary>
    public void Connect(Assembly assembly)
    {
        if (assembly.GetName().Name != "Amazon.Lambda.Core") return;
        if (assembly.GetType("Amazon.Lambda.Core.LambdaLogger") is not { } logger) return;
        RuntimeHelpers.RunClassConstructor(logger.TypeHandle);
        Set("_loggingAction", (Action<string>)(message => Write(null, null, message)));
        Set("_loggingWithLevelAction", (Action<string, string, object[]>)((level, message, arguments) =>
            Write(level, null, message, arguments)));
        Set("_loggingWithLevelAndExceptionAction",
            (Action<string, Exception, string, object[]>)((level, error, message, arguments) =>
                Write(level, error, message, arguments)));

        void Set(string name, Delegate action)
        {
            var field = logger.GetField(name, BindingFlags.NonPublic | BindingFlags.Static);
            if (field?.FieldType == action.GetType()) field.SetValue(null, action);
        }
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable($"AWS_LAMBDA_HANDLER_LOG_{name}") is { Length: > 0 } own
            ? own
            : Environment.GetEnvironmentVariable($"AWS_LAMBDA_LOG_{name}") ?? "";

    private static int LevelMin(string name) => name.ToUpperInvariant() switch
    {
        "TRACE" => 0,
        "DEBUG" => 1,
        "WARN" or "WARNING" => 3,
        "ERROR" => 4,
        "FATAL" or "CRITICAL" => 5,
        _ => 2,
    };

    private string Prefix(DateTime now, string? label)
    {
        var time = now.ToString(TimeFormat, CultureInfo.InvariantCulture);
        return label is null ? $"{time}\t{_requestId}\t" : $"{time}\t{_requestId}\t{label}\t";
    }

    private static string Joined(string message, Exception? error) =>
        error is null ? message : message.Length == 0 ? error.ToString() : $"{message}\n{error}";

    private string Json(DateTime now, string level, Exception? error, LogMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("timestamp", now.ToString(TimeFormat, CultureInfo.InvariantCulture));
            writer.WriteString("level", level);
            if (!string.IsNullOrEmpty(_requestId)) writer.WriteString("requestId", _requestId);
            if (!string.IsNullOrEmpty(_traceId)) writer.WriteString("traceId", _traceId);
            writer.WriteString("message", message.Text);
            message.WriteProperties(writer);
            if (error is not null)
            {
                writer.WriteString("errorType", error.GetType().FullName);
                writer.WriteString("errorMessage", error.Message);
                writer.WriteStartArray("stackTrace");
                foreach (var line in error.ToString().Split('\n')) writer.WriteStringValue(line.Trim());
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + (_isFramed ? "" : "\n");
    }

    private void Emit(string text, int rank, DateTime now)
    {
        var headBytes = _isFramed ? FrameHeadBytes : 0;
        var bytes = new byte[headBytes + Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(headBytes));
        if (_isFramed)
        {
            var type = (_format == "json" ? JsonFrame : TextFrame) | (uint)((rank + 1) << 2);
            BinaryPrimitives.WriteUInt32BigEndian(bytes, type);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)(bytes.Length - headBytes));
            var microseconds = (now - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), microseconds);
        }
        lock (_output) _output.Write(bytes);
    }

    /// <summary>The console's writer: whole lines are messages of one level, all else is written as it is.</summary>
    private sealed class LogWriter : TextWriter
    {
        private readonly FunctionLog _log;
        private readonly string _level;

        public LogWriter(FunctionLog log, string level) : base(CultureInfo.InvariantCulture) => (_log, _level) = (log, level);

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => _log.WriteRaw(stackalloc[] { value });
        public override void Write(string? value) => _log.WriteRaw(value);
        public override void Write(char[] buffer, int index, int count) => _log.WriteRaw(buffer.AsSpan(index, count));
        public override void Write(ReadOnlySpan<char> buffer) => _log.WriteRaw(buffer);
        public override void Write(StringBuilder? value) => _log.WriteRaw(value?.ToString());

        public override void WriteLine() => Line("");
        public override void WriteLine(bool value) => Line(value ? "True" : "False");
        public override void WriteLine(char value) => Line(value.ToString());
        public override void WriteLine(char[]? buffer) => Line(new string(buffer));
        public override void WriteLine(char[] buffer, int index, int count) => Line(new string(buffer, index, count));
        public override void WriteLine(decimal value) => Line(value.ToString(FormatProvider));
        public override void WriteLine(double value) => Line(value.ToString(FormatProvider));
        public override void WriteLine(float value) => Line(value.ToString(FormatProvider));
        public override void WriteLine(int value) => Line(value.ToString(FormatProvider));
        public override void WriteLine(long value) => Line(value.ToString(FormatProvider));
        public override void WriteLine(uint value) => Line(value.ToString(FormatProvider));
        public override void WriteLine(ulong value) => Line(value.ToString(FormatProvider));
        public override void WriteLine(object? value) => Line(value?.ToString());
        public override void WriteLine(string? value) => Line(value);
        public override void WriteLine(StringBuilder? value) => Line(value?.ToString());
        public override void WriteLine(ReadOnlySpan<char> buffer) => Line(buffer.ToString());
        public override void WriteLine(string format, object? arg0) => Line(string.Format(format, arg0));
        public override void WriteLine(string format, object? arg0, object? arg1) => Line(string.Format(format, arg0, arg1));
        public override void WriteLine(string format, object? arg0, object? arg1, object? arg2) =>
            Line(string.Format(format, arg0, arg1, arg2));
        public override void WriteLine(string format, params object?[] arg) => Line(string.Format(format, arg));

        private void Line(string? text) => _log.Write(_level, null, text);
    }
}
