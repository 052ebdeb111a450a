using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Hearth.Runtime;

/// <summary>
/// Makes objects of interfaces that only the function's own copy of Amazon.Lambda.Core declares.
/// https://docs.aws.amazon.com/lambda/latest/dg/csharp-context.html
/// </summary>
internal sealed class Contexts
{
    private readonly Type _type;
    private readonly object? _serializer;
    private readonly object? _logger;

    public Contexts(Type type, object? serializer)
    {
        _type = type;
        _serializer = serializer;
        _logger = type.GetProperty("Logger") is { } logger ? Stand.In(logger.PropertyType, LogCall) : null;
    }

    /// <summary>The context of the event that came with these headers.</summary>
    public object For(Dictionary<string, string> headers)
    {
        var deadlineMs = long.Parse(headers.GetValueOrDefault("lambda-runtime-deadline-ms", "0"), CultureInfo.InvariantCulture);
        return Stand.In(_type, (member, _) => member.Name switch
        {
            "get_AwsRequestId" => headers.GetValueOrDefault("lambda-runtime-aws-request-id"),
            "get_InvokedFunctionArn" => headers.GetValueOrDefault("lambda-runtime-invoked-function-arn"),
            "get_TenantId" => headers.GetValueOrDefault("lambda-runtime-aws-tenant-id"),
            "get_TraceId" => headers.GetValueOrDefault("lambda-runtime-trace-id"),
            "get_FunctionName" => Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME"),
            "get_FunctionVersion" => Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_VERSION"),
            "get_LogGroupName" => Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_GROUP_NAME"),
            "get_LogStreamName" => Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_STREAM_NAME"),
            "get_MemoryLimitInMB" => MemoryLimitMiB(),
            "get_RemainingTime" => DateTimeOffset.FromUnixTimeMilliseconds(deadlineMs) - DateTimeOffset.UtcNow,
            "get_Logger" => _logger,
            "get_Serializer" => _serializer,
            "get_ClientContext" => FromJson(member.ReturnType, headers.GetValueOrDefault("lambda-runtime-client-context")),
            "get_Identity" => FromJson(member.ReturnType, headers.GetValueOrDefault("lambda-runtime-cognito-identity")),
            _ => Stand.Nothing(member.ReturnType),
        });
    }

    private static int MemoryLimitMiB() =>
        int.TryParse(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), out var size) ? size : 0;

    /// <summary><c>LogWarning(message, arguments)</c>, <c>Log(level, exception, message, arguments)</c> and their like; <c>Log(message)</c> as it is.</summary>
    private static object? LogCall(MethodInfo member, object?[] arguments)
    {
        if (member.Name == "Log" && arguments.Length == 1)
        {
            Console.Write(arguments[0]);
            return null;
        }
        var level = member.Name is "Log" or "LogLine" ? null : member.Name["Log".Length..];
        var rest = new Queue<object?>(arguments);
        if (member.Name == "Log") level = rest.Dequeue()?.ToString();
        var hasException = member.GetParameters().Any(it => typeof(Exception).IsAssignableFrom(it.ParameterType));
        var error = hasException ? rest.Dequeue() as Exception : null;
        var message = rest.Dequeue() as string;
        FunctionLog.Current?.Write(level ?? "Information", error, message, rest.FirstOrDefault() as object?[]);
        return null;
    }

    /// <summary>An object whose properties are those of a JSON text that the caller sent; empty without one.</summary>
    private static object FromJson(Type type, string? json)
    {
        var root = string.IsNullOrWhiteSpace(json) ? default : JsonDocument.Parse(json).RootElement;
        return FromJson(type, root);
    }

    private static object FromJson(Type type, JsonElement element) => Stand.In(type, (member, _) =>
    {
        var name = member.Name["get_".Length..];
        return name switch
        {
            "Client" => Member(element, "client") is { } client ? FromJson(member.ReturnType, client) : null,
            "Custom" => Texts(Member(element, "custom")),
            "Environment" => Texts(Member(element, "env")),
            "IdentityId" => Member(element, "cognitoIdentityId")?.GetString(),
            "IdentityPoolId" => Member(element, "cognitoIdentityPoolId")?.GetString(),
            "AppPackageName" => Member(element, "app_package_name")?.ToString(),
            "AppTitle" => Member(element, "app_title")?.ToString(),
            "AppVersionCode" => Member(element, "app_version_code")?.ToString(),
            "AppVersionName" => Member(element, "app_version_name")?.ToString(),
            "InstallationId" => Member(element, "installation_id")?.ToString(),
            _ => Stand.Nothing(member.ReturnType),
        };
    });

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) &&
        value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private static Dictionary<string, string>? Texts(JsonElement? element) => element is { ValueKind: JsonValueKind.Object } all
        ? all.EnumerateObject().ToDictionary(it => it.Name, it => it.Value.ToString())
        : null;
}

/// <summary>An object of any interface, each of whose members one delegate answers.</summary>
internal class Stand : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> _answer = (member, _) => Nothing(member.ReturnType);

    public static object In(Type type, Func<MethodInfo, object?[], object?> answer)
    {
        var stand = Create(type, typeof(Stand));
        ((Stand)stand)._answer = answer;
        return stand;
    }

    /// <summary>What a member that nobody knows answers.</summary>
    public static object? Nothing(Type type) =>
        type.IsValueType && type != typeof(void) ? Activator.CreateInstance(type) : null;

    protected override object? Invoke(MethodInfo? member, object?[]? arguments) =>
        _answer(member!, arguments ?? Array.Empty<object?>());
}
