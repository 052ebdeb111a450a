using System.Reflection;
using System.Runtime.CompilerServices;

namespace Hearth.Runtime;

/// <summary>A loaded method of the function's, with what turns bytes into its parameter and its result into bytes.</summary>
internal sealed class Function
{
    internal const string ContextType = "Amazon.Lambda.Core.ILambdaContext";
    private const string SerializerType = "Amazon.Lambda.Core.ILambdaSerializer";
    private const string AttributeType = "Amazon.Lambda.Core.LambdaSerializerAttribute";
    private const BindingFlags Members =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static |
        BindingFlags.DeclaredOnly;

    private readonly MethodInfo _method;
    private readonly object? _target;
    private readonly Contexts? _contexts;
    private readonly Func<MemoryStream, object?>? _read;
    private readonly Action<object?, MemoryStream>? _write;
    private readonly PropertyInfo? _result;

    /// <summary>Loads what <c>ASSEMBLY::TYPE::METHOD</c> names, and runs its constructor.</summary>
    /// <exception cref="LambdaValidationException">with AWS's words where it cannot be a handler</exception>
    public static Function Load(string directory, string handler, FunctionLog log)
    {
        var (assemblyName, typeName, methodName) = HandlerName.Parse(handler);
        var path = Path.Combine(directory, $"{assemblyName}.dll");
        if (!File.Exists(path))
        {
            throw new LambdaValidationException(
                $"Could not find the specified handler assembly with the file name '{assemblyName}, Culture=neutral, " +
                "PublicKeyToken=null'. The assembly should be located in the root of your uploaded .zip file.");
        }
        var context = new FunctionLoadContext(path, log.Connect);
        context.Adopt(path);
        var type = AssemblyAt(path).GetType(typeName) ?? throw new LambdaValidationException(
            $"Unable to load type '{typeName}' from assembly '{assemblyName}'.");
        return Of(type, methodName, assemblyName);

        Assembly AssemblyAt(string path)
        {
            try
            {
                return context.LoadFromAssemblyPath(path);
            }
            catch (Exception error)
            {
                Console.Error.WriteLine(error);
                throw new LambdaValidationException($"Unable to load assembly '{assemblyName}'.");
            }
        }
    }

    /// <summary>The function that a method of a loaded type is.</summary>
    public static Function Of(Type type, string methodName, string assemblyName) =>
        new(assemblyName, HandlerMethod.Find(type, methodName, assemblyName), type);

    private Function(string assemblyName, MethodInfo method, Type type)
    {
        _method = method;
        HandlerMethod.Validate(method, type);
        if (method.IsStatic) RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        else _target = Activator.CreateInstance(type);

        var serializer = SerializerOf(method);
        var types = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        if (types.Length > 2) throw Unsupported("the method has more than 2 parameters.");
        if (types.Length == 2 && types[1].FullName != ContextType)
        {
            throw Unsupported($"the method has 2 parameters, but the second parameter is not of type '{ContextType}'.");
        }
        if (types.LastOrDefault() is { FullName: ContextType } contextType) _contexts = new Contexts(contextType, serializer);
        var input = types.FirstOrDefault(it => it.FullName != ContextType);
        if (input is not null) _read = Reader(serializer, input, assemblyName);

        var output = method.ReturnType;
        if (TaskOf(output) is { } task)
        {
            _result = task.GetProperty("Result");
            output = _result!.PropertyType;
        }
        else if (typeof(Task).IsAssignableFrom(output)) output = typeof(void);
        if (output != typeof(void)) _write = Writer(serializer, output, assemblyName);

        LambdaValidationException Unsupported(string why) =>
            new($"Method '{method.Name}' of type '{type.FullName}' is not supported: {why}");
    }

    /// <summary>Answers the bytes of the result to the event that came with these headers.</summary>
    public ReadOnlyMemory<byte> Invoke(Dictionary<string, string> headers, byte[] body)
    {
        var arguments = new object?[(_read is null ? 0 : 1) + (_contexts is null ? 0 : 1)];
        if (_contexts is not null) arguments[^1] = _contexts.For(headers);
        if (_read is not null) arguments[0] = _read(new MemoryStream(body, 0, body.Length, false, true));
        var result = _method.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        if (result is Task task)
        {
            task.GetAwaiter().GetResult();
            result = _result?.GetValue(task);
        }
        var output = new MemoryStream();
        _write?.Invoke(result, output);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    /// <summary>What an attribute of the method names, else one of its assembly; created by its constructor.</summary>
    private static object? SerializerOf(MethodInfo method)
    {
        var attribute = Named(method.GetCustomAttributes()) ?? Named(method.Module.Assembly.GetCustomAttributes());
        if (attribute is null) return null;
        var type = attribute.GetType().GetProperty("SerializerType")?.GetValue(attribute) as Type;
        if (type is null)
        {
            throw new LambdaValidationException(
                $"The 'SerializerType' property on attribute class '{AttributeType}' is not set.");
        }
        var constructor = type.GetConstructor(Type.EmptyTypes) ?? throw new LambdaValidationException(
            $"The indicated serializer '{type.FullName}' does not define a public zero-parameter constructor.");
        if (type.GetInterface(SerializerType) is null)
        {
            throw new LambdaValidationException(
                $"The '{type.FullName}' class is invalid: it does not implement the 'ILambdaSerializer' interface.");
        }
        return constructor.Invoke(null);

        static Attribute? Named(IEnumerable<Attribute> attributes) =>
            attributes.FirstOrDefault(it => it.GetType().FullName == AttributeType);
    }

    private Func<MemoryStream, object?> Reader(object? serializer, Type type, string assemblyName)
    {
        if (type.IsAssignableFrom(typeof(MemoryStream)) && typeof(Stream).IsAssignableFrom(type)) return stream => stream;
        if (serializer is null) throw NoSerializer(type, assemblyName, "deserialize input");
        var read = MethodOf(serializer, "Deserialize", type);
        return stream => read.Invoke(serializer, BindingFlags.DoNotWrapExceptions, null, new object[] { stream }, null);
    }

    private Action<object?, MemoryStream> Writer(object? serializer, Type type, string assemblyName)
    {
        if (typeof(Stream).IsAssignableFrom(type)) return (result, stream) => CopyFrom((Stream?)result, stream);
        if (serializer is null) throw NoSerializer(type, assemblyName, "serialize output");
        var write = MethodOf(serializer, "Serialize", type);
        return (result, stream) =>
            write.Invoke(serializer, BindingFlags.DoNotWrapExceptions, null, new[] { result, stream }, null);
    }

    private static void CopyFrom(Stream? result, MemoryStream target)
    {
        using (result) result?.CopyTo(target);
    }

    private LambdaValidationException NoSerializer(Type type, string assemblyName, string purpose) => new(
        $"Could not find the LambdaSerializerAttribute on the assembly '{assemblyName}' or method '{_method.Name}' while " +
        $"attempting to {purpose} data of type '{type.FullName}'. To use types other than System.IO.Stream as " +
        $"input/output parameters, the assembly or Lambda function should be annotated with {AttributeType}.");

    private static MethodInfo MethodOf(object serializer, string name, Type type) =>
        serializer.GetType().GetInterface(SerializerType)!.GetMethod(name)!.MakeGenericMethod(type);

    private static Type? TaskOf(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)) return type;
        }
        return null;
    }

    /// <summary>The three parts of a handler; a method may be the text of its signature.</summary>
    private static class HandlerName
    {
        public static (string Assembly, string Type, string Method) Parse(string handler)
        {
            var parts = handler.Split("::", 3);
            if (parts.Length != 3) throw Invalid("");
            string[] names = { "assembly", "type", "method" };
            for (var each = 0; each < names.Length; each++)
            {
                parts[each] = parts[each].Trim();
                if (parts[each].Length == 0) throw Invalid($", the {names[each]} is missing");
            }
            return (parts[0], parts[1], parts[2]);

            LambdaValidationException Invalid(string why) => new(
                $"Invalid lambda function handler: '{handler}'{why}. The valid format is 'ASSEMBLY::TYPE::METHOD'.");
        }
    }

    /// <summary>Which method a handler means, and whether it can be one.</summary>
    private static class HandlerMethod
    {
        /// <summary>A method by its name, else by the text of its signature; in the type or one that it is made from.</summary>
        public static MethodInfo Find(Type type, string name, string assemblyName)
        {
            for (var owner = type; owner is not null; owner = owner.BaseType)
            {
                var named = owner.GetMethods(Members).Where(it => it.Name == name || it.ToString() == name).ToArray();
                if (named.Length == 1) return named[0];
                if (named.Length > 1) throw new LambdaValidationException(
                    $"The method '{name}' in type '{owner.FullName}' appears to have a number of overloads. To call this " +
                    "method please specify a complete method signature. Possible candidates are:\n" +
                    $"{string.Join('\n', named.Select(it => it.ToString()))}.");
            }
            throw new LambdaValidationException(
                $"Unable to find method '{name}' in type '{type.FullName}' from assembly '{assemblyName}': " +
                $"Found no methods matching method name '{name}'.");
        }

        public static void Validate(MethodInfo method, Type type)
        {
            if (method.IsAbstract) throw Refused("it is an abstract method. Handler methods cannot be abstract. Please specify a non-abstract handler method.");
            if (method.IsGenericMethod) throw Refused("it is a generic method. Handler methods cannot be generic. Please specify a non-generic handler method.");
            if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            {
                throw Refused("it is an 'async void' method. Handler methods cannot be 'async void'. Please specify a method that is not 'async void'.");
            }
            if (method.GetParameters().LastOrDefault()?.IsDefined(typeof(ParamArrayAttribute)) == true)
            {
                throw Refused("it is a 'params' method. Please specify a method that does not use 'params'.");
            }
            if (type.IsGenericType)
            {
                throw new LambdaValidationException(
                    $"The type '{type.FullName}' cannot be used as a Lambda Handler type because it is generic. Handler methods " +
                    "cannot be located in generic types. Please specify a handler method in a non-generic type.");
            }
            if (!method.IsStatic && type.IsAbstract)
            {
                throw new LambdaValidationException(
                    $"The instance method '{method}' cannot be used as a Lambda Handler because its type '{type.FullName}' is " +
                    "abstract. Please either use a static handler or specify a type that is not abstract.");
            }
            if (type.IsInterface || type.IsPrimitive || type.IsEnum)
            {
                throw new LambdaValidationException(
                    $"The type '{type.FullName}' cannot be used as a handler type since it is not a class or a struct. Please " +
                    "specify a handler method on a class or struct.");
            }

            LambdaValidationException Refused(string why) =>
                new($"The method '{method}' cannot be used as a Lambda Handler because {why}");
        }
    }
}
