using System.Collections;
using System.Runtime.InteropServices;

namespace Hearth.Runtime;

/// <summary>
/// A handler without a method: a program that speaks to the Runtime API itself, as those around AWS's
/// <c>LambdaBootstrapBuilder</c> do.
/// https://docs.aws.amazon.com/lambda/latest/dg/csharp-handler.html
/// </summary>
internal static class ExecutableFunction
{
    private const int NotFound = 104;

    /// <summary>
    /// Becomes .NET with this assembly, or the program of that name. A process that waited would be the wrong one:
    /// its entry assembly, from which ASP.NET Core takes the controllers, was ours.
    /// </summary>
    public static int Run(string directory, string handler)
    {
        var program = Path.Combine(directory, handler);
        var assembly = handler.EndsWith(".dll", StringComparison.Ordinal) ? program : $"{program}.dll";
        if (File.Exists(assembly)) return Become(Environment.ProcessPath!, "exec", assembly);
        if (File.Exists(program)) return Become(program);
        Console.Error.WriteLine($"Error: executable assembly {assembly} or binary {program} not found.");
        return NotFound;
    }

    private static int Become(string program, params string[] arguments)
    {
        var variables = new List<string?>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables.Add($"{variable.Key}={variable.Value}");
        }
        Execute(program, arguments.Prepend(program).Append(null).ToArray(), variables.Append(null).ToArray());
        Console.Error.WriteLine($"{program}: {Marshal.GetLastPInvokeErrorMessage()}");
        return NotFound;
    }

    [DllImport("libc", EntryPoint = "execve", SetLastError = true)]
    private static extern int Execute(string path, string?[] arguments, string?[] environment);
}
