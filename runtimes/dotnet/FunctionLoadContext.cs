using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace Hearth.Runtime;

/// <summary>
/// Where the function's assemblies are loaded: those that its <c>.deps.json</c> names, and of ASP.NET Core those
/// that the machine has. Of two versions of one the higher is taken, as the host of .NET does.
/// </summary>
internal sealed class FunctionLoadContext : AssemblyLoadContext
{
    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly AssemblyDependencyResolver _resolver;
    private readonly Dictionary<string, string> _platform = PlatformAssemblies();
    private readonly string? _aspNetCore = AspNetCoreDirectory();

    /// <summary>Told of each assembly before any code of it runs.</summary>
    private readonly Action<Assembly> _onLoaded;

    public FunctionLoadContext(string mainAssembly, Action<Assembly> onLoaded) : base("function")
    {
        _resolver = new AssemblyDependencyResolver(mainAssembly);
        _onLoaded = onLoaded;
    }

    /// <summary>
    /// Lets code of the platform, too, find the function's assemblies and types by their names, and its settings: those
    /// of its <c>.runtimeconfig.json</c> that are asked for while it runs.
    /// </summary>
    public void Adopt(string mainAssembly)
    {
        Default.Resolving += (_, name) => Find(name);
        EnterContextualReflection();
        var path = Path.ChangeExtension(mainAssembly, ".runtimeconfig.json");
        if (!File.Exists(path)) return;
        using var config = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
        if (!config.RootElement.TryGetProperty("runtimeOptions", out var options)) return;
        if (!options.TryGetProperty("configProperties", out var settings)) return;
        foreach (var setting in settings.EnumerateObject())
        {
            var value = setting.Value.ValueKind == JsonValueKind.String ? setting.Value.GetString() : setting.Value.GetRawText();
            AppContext.SetData(setting.Name, value);
        }
    }

    protected override Assembly? Load(AssemblyName name) => Find(name);

    protected override IntPtr LoadUnmanagedDll(string name)
    {
        var path = _resolver.ResolveUnmanagedDllToPath(name);
        return path is null ? IntPtr.Zero : LoadUnmanagedDllFromPath(path);
    }

    private Assembly? Find(AssemblyName name)
    {
        var own = _resolver.ResolveAssemblyToPath(name);
        var shared = _aspNetCore is null ? null : Path.Combine(_aspNetCore, $"{name.Name}.dll");
        if (!File.Exists(shared)) shared = null;
        var path = Newer(own, shared);
        if (path is null) return null;
        if (_platform.TryGetValue(name.Name ?? "", out var platform) && Newer(platform, path) == platform) return null;
        var assembly = LoadFromAssemblyPath(path);
        _onLoaded(assembly);
        return assembly;
    }

    /// <summary>The first of two files, unless the second is of a higher version.</summary>
    private static string? Newer(string? first, string? second)
    {
        if (first is null || second is null) return first ?? second;
        return AssemblyName.GetAssemblyName(second).Version > AssemblyName.GetAssemblyName(first).Version ? second : first;
    }

    private static Dictionary<string, string> PlatformAssemblies()
    {
        var trusted = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        var assemblies = new Dictionary<string, string>();
        foreach (var path in trusted.Split(Path.PathSeparator)) assemblies[Path.GetFileNameWithoutExtension(path)] = path;
        return assemblies;
    }

    /// <summary>The framework of the same version beside .NET's own, else its newest of the same major version.</summary>
    private static string? AspNetCoreDirectory()
    {
        var core = new DirectoryInfo(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        var all = new DirectoryInfo(Path.Combine(core.Parent!.Parent!.FullName, "Microsoft.AspNetCore.App"));
        if (!all.Exists) return null;
        var same = all.GetDirectories(core.Name).FirstOrDefault();
        var major = core.Name.Split('.')[0];
        var others = all.GetDirectories($"{major}.*").Where(it => Version.TryParse(it.Name, out _));
        return (same ?? others.MaxBy(it => Version.Parse(it.Name)))?.FullName;
    }
}
