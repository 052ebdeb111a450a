using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hearth.Runtime;

/// <summary>A handler that cannot be used, under the name that AWS's runtime gives it.</summary>
internal sealed class LambdaValidationException : Exception
{
    public LambdaValidationException(string message) : base(message) { }
}

/// <summary>
/// Exceptions in the form of AWS's runtime for .NET.
/// https://docs.aws.amazon.com/lambda/latest/dg/csharp-exceptions.html
/// </summary>
internal static class Failure
{
    private const int BytesMax = 256 * 1024;
    private static readonly byte[] TooLong =
        Encoding.UTF8.GetBytes("{\"errorMessage\": \"Exception exceeded maximum payload size of 256KB.\"}");
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    /// <summary>What a call by reflection adds below the function's own frames.</summary>
    private static readonly string[] CallFrames =
    {
        "at InvokeStub_", "at System.Reflection.", "at System.RuntimeMethodHandle.",
    };

    public static ReadOnlyMemory<byte> ToJson(Exception error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options)) Write(writer, error);
        return buffer.WrittenCount <= BytesMax ? buffer.WrittenMemory : TooLong;
    }

    public static string TypeHeader(Exception error) => $"Lambda-Runtime-Function-Error-Type: {error.GetType().Name}\r\n";

    private static void Write(Utf8JsonWriter writer, Exception error)
    {
        writer.WriteStartObject();
        writer.WriteString("errorType", error.GetType().Name);
        writer.WriteString("errorMessage", error.Message.Trim());
        var frames = FramesOf(error);
        if (frames.Count > 0)
        {
            writer.WriteStartArray("stackTrace");
            foreach (var frame in frames) writer.WriteStringValue(frame);
            writer.WriteEndArray();
        }
        if (error.InnerException is { } cause)
        {
            writer.WritePropertyName("cause");
            Write(writer, cause);
        }
        if (error is AggregateException { InnerExceptions: { Count: > 0 } causes })
        {
            writer.WriteStartArray("causes");
            foreach (var each in causes) Write(writer, each);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static List<string> FramesOf(Exception error)
    {
        if (string.IsNullOrEmpty(error.StackTrace)) return new List<string>();
        var lines = new StackTrace(error, true).ToString().Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Length > 0)
            .TakeWhile(line => !line.StartsWith("at Hearth.Runtime.", StringComparison.Ordinal))
            .ToList();
        while (lines.Count > 0 && CallFrames.Any(lines[^1].StartsWith)) lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
