// A package that is newer than the framework's assembly of its name.
[assembly: System.Reflection.AssemblyVersion("99.0.0.0")]

namespace Hearth.Functions;

public static class Newer { }
