using System.Text;
using System.Text.Json;

namespace Hearth.Runtime;

/// <summary>
/// Hearth's runtime for .NET: what stands between AWS's Runtime API and a function. Nothing of AWS's is in it:
/// it finds Amazon.Lambda.Core among what the function brought.
/// https://docs.aws.amazon.com/lambda/latest/dg/csharp-handler.html
/// </summary>
internal static class Program
{
    private const string Api = "/2018-06-01/runtime";
    private const string Next = Api + "/invocation/next";

    private static int Main()
    {
        var client = new RuntimeClient(Variable("AWS_LAMBDA_RUNTIME_API"));
        if (Variable("HEARTH_STEM_CELL") == "1") Bind(client);
        Environment.SetEnvironmentVariable("HEARTH_LAYERS_ROOT", null);
        LimitHeap();
        var task = Variable("LAMBDA_TASK_ROOT", "/var/task");
        Directory.SetCurrentDirectory(task);
        var handler = Variable("_HANDLER");
        if (handler.Length > 0 && !handler.Contains(':'))
        {
            client.Dispose();
            return ExecutableFunction.Run(task, handler);
        }
        var log = FunctionLog.Install();
        Function function;
        try
        {
            function = Function.Load(task, handler, log);
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error);
            client.Post($"{Api}/init/error", Failure.ToJson(error), Failure.TypeHeader(error));
            return 1;
        }
        Serve(client, function, log);
        return 0;
    }

    private static void Serve(RuntimeClient client, Function function, FunctionLog log)
    {
        var next = client.Get(Next);
        while (true)
        {
            var id = next.Headers["lambda-runtime-aws-request-id"];
            next.Headers.TryGetValue("lambda-runtime-trace-id", out var trace);
            Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", trace);
            log.Enter(id, trace);
            string path, headers = "";
            ReadOnlyMemory<byte> body;
            try
            {
                body = function.Invoke(next.Headers, next.Body);
                path = $"{Api}/invocation/{id}/response";
            }
            catch (Exception error)
            {
                Console.Error.WriteLine(error);
                body = Failure.ToJson(error);
                headers = Failure.TypeHeader(error);
                path = $"{Api}/invocation/{id}/error";
            }
            next = client.PostAndGet(path, body, headers, Next);
        }
    }

    /// <summary>Waits, as a booted process that belongs to nobody, for the function that it is to run.</summary>
    private static void Bind(RuntimeClient client)
    {
        using var binding = JsonDocument.Parse(client.Get("/hearth/bind").Body);
        // While nobody waits for it, it is told that it may practise.
        if (!binding.RootElement.TryGetProperty("environment", out var wanted))
        {
            Rehearsal.Run();
            Bind(client);
            return;
        }
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (!wanted.TryGetProperty(name, out _)) Environment.SetEnvironmentVariable(name, null);
        }
        foreach (var variable in wanted.EnumerateObject())
        {
            Environment.SetEnvironmentVariable(variable.Name, variable.Value.GetString());
        }
    }

    /// <summary>Tells the collector of the function's memory: a process that waited was started before it was known.</summary>
    private static void LimitHeap()
    {
        if (Variable("AWS_LAMBDA_DOTNET_DISABLE_MEMORY_LIMIT_CHECK") == "true") return;
        if (!ulong.TryParse(Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), out var sizeMiB)) return;
        AppContext.SetData("GCHeapHardLimit", sizeMiB << 20);
        GC.RefreshMemoryLimit();
    }

    private static string Variable(string name, string otherwise = "") =>
        Environment.GetEnvironmentVariable(name) ?? otherwise;
}
