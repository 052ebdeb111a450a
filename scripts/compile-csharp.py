"""The C# compiler for machines that have .NET without its SDK: takes the arguments that csc takes.

compile-csharp.py DOTNET_ROOT RUNTIME_CONFIG ROSLYN_FOLDER ARGUMENT... -- ARGUMENT... -- ARGUMENT...

What stands before the first `--` is for each of the compilations after it.
"""

import os
import sys

import pythonnet


def load_compiler(root, runtime_config, roslyn):
    """Starts .NET in this process, with the compiler's library."""
    pythonnet.load('coreclr', dotnet_root=root, runtime_config=runtime_config)
    import clr

    clr.AddReference(os.path.join(roslyn, 'Microsoft.CodeAnalysis.dll'))
    clr.AddReference(os.path.join(roslyn, 'Microsoft.CodeAnalysis.CSharp.dll'))


def compile_csharp(arguments):
    """Compiles; writes what is wrong to stderr and answers whether it is nothing that matters."""
    from Microsoft.CodeAnalysis import DiagnosticSeverity, MetadataReference, SyntaxTree
    from Microsoft.CodeAnalysis.CSharp import (
        CSharpCommandLineParser,
        CSharpCompilation,
        CSharpSyntaxTree,
    )
    from System import Array, String
    from System.IO import File

    parsed = CSharpCommandLineParser.Default.Parse(Array[String](arguments), os.getcwd(), None, None)
    trees = [
        CSharpSyntaxTree.ParseText(File.ReadAllText(source.Path), parsed.ParseOptions, source.Path)
        for source in parsed.SourceFiles
    ]
    references = [
        MetadataReference.CreateFromFile(reference.Reference)
        for reference in parsed.MetadataReferences
    ]
    compilation = CSharpCompilation.Create(
        parsed.CompilationName,
        Array[SyntaxTree](trees),
        Array[MetadataReference](references),
        parsed.CompilationOptions,
    )
    output = File.Create(os.path.join(parsed.OutputDirectory, parsed.OutputFileName))
    emitted = compilation.Emit(output)
    output.Dispose()
    for diagnostic in emitted.Diagnostics:
        if diagnostic.Severity != DiagnosticSeverity.Hidden:
            print(diagnostic.ToString(), file=sys.stderr)
    return emitted.Success


def main():
    """Compiles each, until one is wrong."""
    root, runtime_config, roslyn, *arguments = sys.argv[1:]
    load_compiler(root, runtime_config, roslyn)
    common, *each = split(arguments)
    return 0 if all(compile_csharp(common + own) for own in each) else 1


def split(arguments):
    """The lists between the `--`."""
    lists = [[]]
    for argument in arguments:
        if argument == '--':
            lists.append([])
        else:
            lists[-1].append(argument)
    return lists


if __name__ == '__main__':
    sys.exit(main())
