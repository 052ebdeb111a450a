using System.Reflection;
using System.Text;
using System.Text.Json;
using Amazon.Lambda.Core;

namespace Hearth.Runtime
{
    /// <summary>
    /// Does, while nobody waits, what will be done for a function: with one of nobody's, on nobody's event.
    /// </summary>
    internal static class Rehearsal
    {
        private static readonly byte[] Event = Encoding.UTF8.GetBytes("{\"Names\":[\"value\"],\"Count\":1}");

        public static void Run()
        {
            var log = new FunctionLog(Stream.Null);
            var own = typeof(Rehearsal).Assembly.Location;
            new FunctionLoadContext(own, log.Connect).LoadFromAssemblyName(new AssemblyName("System.Text.Json"));
            var headers = new Dictionary<string, string> { ["lambda-runtime-aws-request-id"] = "nobody's" };
            var nobodys = Function.Of(typeof(Nobodys), "Handle", "hearth");
            nobodys.Invoke(headers, Event);
            log.Write("Information", null, "{count}", 1);
            Failure.ToJson(new InvalidOperationException("nobody's"));
        }
    }

    internal sealed record NobodysEvent(List<string> Names, int Count);

    internal sealed class NobodysSerializer : ILambdaSerializer
    {
        public T Deserialize<T>(Stream input) => JsonSerializer.Deserialize<T>(input)!;
        public void Serialize<T>(T result, Stream output) => JsonSerializer.Serialize(output, result);
    }

    internal sealed class Nobodys
    {
        [LambdaSerializer(typeof(NobodysSerializer))]
        public async Task<NobodysEvent> Handle(NobodysEvent input, ILambdaContext context)
        {
            await Task.Yield();
            context.Logger.LogInformation(context.AwsRequestId);
            return input;
        }
    }
}

/// <summary>Nobody's function is found by the names by which all are.</summary>
namespace Amazon.Lambda.Core
{
    internal interface ILambdaSerializer
    {
        T Deserialize<T>(Stream input);
        void Serialize<T>(T result, Stream output);
    }

    internal interface ILambdaLogger
    {
        void LogInformation(string message);
    }

    internal interface ILambdaContext
    {
        string AwsRequestId { get; }
        ILambdaLogger Logger { get; }
    }

    internal sealed class LambdaSerializerAttribute : Attribute
    {
        public LambdaSerializerAttribute(Type type) => SerializerType = type;
        public Type SerializerType { get; }
    }
}
