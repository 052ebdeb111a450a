// A stand-in for AWS's package of this name, which the tests cannot fetch: the names and shapes that functions are
// compiled against, and nothing that AWS wrote.
using System;
using System.Collections.Generic;
using System.IO;

[assembly: System.Reflection.AssemblyVersion("1.0.0.0")]

namespace Amazon.Lambda.Core;

public interface ILambdaSerializer
{
    T Deserialize<T>(Stream requestStream);
    void Serialize<T>(T response, Stream responseStream);
}

[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Method)]
public sealed class LambdaSerializerAttribute : Attribute
{
    public LambdaSerializerAttribute(Type serializerType) => SerializerType = serializerType;

    public Type SerializerType { get; set; }
}

public interface IClientApplication
{
    string AppPackageName { get; }
    string AppTitle { get; }
    string AppVersionCode { get; }
    string AppVersionName { get; }
    string InstallationId { get; }
}

public interface IClientContext
{
    IDictionary<string, string> Environment { get; }
    IClientApplication Client { get; }
    IDictionary<string, string> Custom { get; }
}

public interface ICognitoIdentity
{
    string IdentityId { get; }
    string IdentityPoolId { get; }
}

public enum LogLevel { Trace, Debug, Information, Warning, Error, Critical }

public interface ILambdaLogger
{
    void Log(string message);
    void LogLine(string message);
    void Log(string level, string message) => LogLine(message);
    void Log(LogLevel level, string message) => Log(level.ToString(), message);
    void LogInformation(string message) => Log(LogLevel.Information, message);
    void LogWarning(string message, params object[] args) => throw new NotSupportedException();
    void LogError(Exception exception, string message, params object[] args) => throw new NotSupportedException();
    void LogDebug(string message) => Log(LogLevel.Debug, message);
}

public interface ILambdaContext
{
    string AwsRequestId { get; }
    IClientContext ClientContext { get; }
    string FunctionName { get; }
    string FunctionVersion { get; }
    ICognitoIdentity Identity { get; }
    string InvokedFunctionArn { get; }
    ILambdaLogger Logger { get; }
    string LogGroupName { get; }
    string LogStreamName { get; }
    int MemoryLimitInMB { get; }
    TimeSpan RemainingTime { get; }
    string TraceId => throw new NotSupportedException();
    ILambdaSerializer Serializer => throw new NotSupportedException();
}

public static class LambdaLogger
{
    private static Action<string> _loggingAction = Console.WriteLine;
    private static Action<string, string, object[]> _loggingWithLevelAction = (_, message, _) => Console.WriteLine(message);

    public static void Log(string message) => _loggingAction(message);

    public static void Log(string level, string message, params object[] args) =>
        _loggingWithLevelAction(level, message, args);
}
