using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Hearth.Functions.JsonLambdaSerializer))]

namespace Hearth.Functions;

public sealed class JsonLambdaSerializer : ILambdaSerializer
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public T Deserialize<T>(Stream requestStream) => JsonSerializer.Deserialize<T>(requestStream, Options);

    public void Serialize<T>(T response, Stream responseStream) => JsonSerializer.Serialize(responseStream, response);
}

public sealed class QuotingSerializer : ILambdaSerializer
{
    public T Deserialize<T>(Stream requestStream) => (T)(object)new StreamReader(requestStream).ReadToEnd();

    public void Serialize<T>(T response, Stream responseStream) =>
        responseStream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize($"<{response}>")));
}

public sealed record Order(string Customer, decimal[] Prices);

public sealed record Receipt(string Customer, decimal Total);

public class Shop
{
    private readonly string _greeting;
    private int _calls;

    public Shop()
    {
        if (Environment.GetEnvironmentVariable("FAIL_INIT") is { } reason) throw new ArgumentException(reason);
        Console.WriteLine("constructed");
        _greeting = Environment.GetEnvironmentVariable("GREETING") ?? "Hello";
    }

    public Receipt Total(Order order, ILambdaContext context) => new(order.Customer, order.Prices.Sum());

    public async Task<string> Greet(string name)
    {
        await Task.Delay(1);
        return $"{_greeting}, {name}!";
    }

    public int Count() => _calls += 1;

    public void Nothing(Order order) { }

    public async Task Later(ILambdaContext context)
    {
        await Task.Yield();
        Console.Error.WriteLine("done later");
    }

    public static Stream Upper(Stream input)
    {
        using var reader = new StreamReader(input);
        return new MemoryStream(Encoding.UTF8.GetBytes(reader.ReadToEnd().ToUpperInvariant()));
    }

    [LambdaSerializer(typeof(QuotingSerializer))]
    public string Quote(string text) => text;

    public object Describe(JsonElement input, ILambdaContext context) => new
    {
        context.AwsRequestId,
        context.FunctionName,
        context.FunctionVersion,
        context.InvokedFunctionArn,
        context.MemoryLimitInMB,
        HasTime = context.RemainingTime > TimeSpan.Zero && context.RemainingTime <= TimeSpan.FromMinutes(1),
        context.TraceId,
        Serializer = context.Serializer.GetType().Name,
        Custom = context.ClientContext.Custom?["key"],
        context.ClientContext.Client?.AppTitle,
        context.Identity.IdentityId,
        HasDirectory = File.Exists("Functions.dll"),
        Left = Environment.GetEnvironmentVariable("HEARTH_LAYERS_ROOT"),
        HeapMiB = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        Framework = Environment.Version.Major,
        // What looks a type up by its name finds those of the function.
        Setting = AppContext.GetData("Hearth.Setting"),
        Newer = Type.GetType("Hearth.Functions.Newer, System.Net.Mail")?.Assembly.GetName().Version.Major,
        Found = Type.GetType("Hearth.Functions.Order, Functions") == typeof(Order),
    };

    public void Log(string kind, ILambdaContext context)
    {
        Console.WriteLine("two\nlines {0}", kind);
        Console.Write("raw\n");
        context.Logger.Log("raw, too\n");
        context.Logger.LogInformation("told");
        context.Logger.Log(LogLevel.Warning, "told with a level");
        context.Logger.LogDebug("too much detail");
        context.Logger.LogWarning("{count} of {@order:x}", 7, new Receipt("Ada", 3));
        context.Logger.LogError(new InvalidOperationException("mended"), "almost {0}", "broken");
        LambdaLogger.Log("without a level");
        LambdaLogger.Log("Critical", "with {what}", "one");
    }

    public async Task<string> Fail(string how)
    {
        await Task.Yield();
        if (how == "nested") Throw();
        if (how == "many") throw new AggregateException("several", new IOException("first"), new IOException("second"));
        if (how == "exit") Environment.Exit(3);
        throw new KeyNotFoundException(how);
    }

    public object Hold(int mebibytes)
    {
        var held = new List<byte[]>();
        for (var count = 0; count < mebibytes; count += 1) held.Add(Filled(1 << 20));
        return held.Count;
    }

    public string Overloaded(string text) => text;

    public string Overloaded(int number) => $"number {number}";

    public async void Forgotten() => await Task.Yield();

    private static void Throw()
    {
        try
        {
            throw new FormatException("inner");
        }
        catch (FormatException cause)
        {
            throw new InvalidOperationException("outer", cause);
        }
    }

    private static byte[] Filled(int bytes)
    {
        var all = new byte[bytes];
        Array.Fill(all, (byte)1);
        return all;
    }
}
