using System;
using System.Linq;
using System.Net.Http;
using System.Reflection;
using System.Text;
using System.Threading.Tasks;

namespace Hearth.Functions;

/// <summary>A program with a Main, as one around AWS's LambdaBootstrapBuilder is: it speaks to the Runtime API itself.</summary>
public static class Program
{
    public static async Task Main()
    {
        using var http = new HttpClient();
        var api = $"http://{Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime/invocation";
        while (true)
        {
            using var next = await http.GetAsync($"{api}/next");
            var id = next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").Single();
            var entry = Assembly.GetEntryAssembly()?.GetName().Name;
            var answer = $"{{\"event\":{await next.Content.ReadAsStringAsync()},\"entry\":\"{entry}\"}}";
            using var sent = await http.PostAsync($"{api}/{id}/response", new StringContent(answer, Encoding.UTF8));
        }
    }
}
