using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hearth.Runtime;

/// <summary>
/// A message and what was said in its places: <c>{name}</c>, <c>{name:000}</c>, <c>{@name}</c> as JSON, or <c>{0}</c>.
/// Without arguments it has no places, whatever braces are in it.
/// </summary>
internal sealed class LogMessage
{
    private sealed record Place(string Name, string Format, bool IsJson, object? Value);

    private readonly List<Place> _places = new();

    public string Text { get; }

    public LogMessage(string template, object?[]? arguments)
    {
        Text = arguments is { Length: > 0 } ? Fill(template, arguments) : template;
    }

    /// <summary>Writes each place that was filled as a property of its own.</summary>
    public void WriteProperties(Utf8JsonWriter writer)
    {
        foreach (var place in _places.Where(it => it.Value is not null))
        {
            writer.WritePropertyName(place.Name);
            if (place is { IsJson: false, Value: IDictionary entries })
            {
                writer.WriteStartObject();
                foreach (DictionaryEntry entry in entries)
                {
                    writer.WritePropertyName(entry.Key.ToString() ?? "");
                    WriteValue(writer, entry.Value, place);
                }
                writer.WriteEndObject();
            }
            else if (place is { IsJson: false, Value: IList items and not byte[] })
            {
                writer.WriteStartArray();
                foreach (var item in items) WriteValue(writer, item, place);
                writer.WriteEndArray();
            }
            else WriteValue(writer, place.Value, place);
        }
    }

    private string Fill(string template, object?[] arguments)
    {
        var text = new StringBuilder(template.Length);
        for (var at = 0; at < template.Length; at += 1)
        {
            var character = template[at];
            var isDoubled = character is '{' or '}' && at + 1 < template.Length && template[at + 1] == character;
            var end = character == '{' && !isDoubled ? template.IndexOf('}', at) : -1;
            if (end < 0)
            {
                text.Append(character);
                if (isDoubled) at += 1;
                continue;
            }
            text.Append(FillPlace(template[(at + 1)..end], arguments) ?? template[at..(end + 1)]);
            at = end;
        }
        return text.ToString();
    }

    private string? FillPlace(string place, object?[] arguments)
    {
        var (label, format) = place.Split(':', 2) is { Length: 2 } parts ? (parts[0], parts[1]) : (place, "");
        var isJson = label.StartsWith('@');
        var name = label.TrimStart('@').Trim();
        var index = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : _places.Count;
        if (index >= arguments.Length) return null;
        var filled = new Place(name, format, isJson, arguments[index]);
        _places.Add(filled);
        return InText(filled);
    }

    private static string InText(Place place) => place switch
    {
        { Value: null } => "",
        { IsJson: true } => JsonSerializer.Serialize(place.Value),
        { Format.Length: > 0, Value: IFormattable value } => value.ToString(place.Format, CultureInfo.InvariantCulture),
        _ => Convert.ToString(place.Value, CultureInfo.InvariantCulture) ?? "",
    };

    private static void WriteValue(Utf8JsonWriter writer, object? value, Place place)
    {
        if (value is null) writer.WriteNullValue();
        else if (place.IsJson) writer.WriteRawValue(JsonSerializer.Serialize(value));
        else if (place.Format.Length > 0) writer.WriteStringValue(InText(place with { Value = value }));
        else if (value is bool flag) writer.WriteBooleanValue(flag);
        else if (value is decimal or byte or sbyte or short or ushort or int or uint or long or ulong)
        {
            writer.WriteNumberValue(Convert.ToDecimal(value, CultureInfo.InvariantCulture));
        }
        else if (value is double or float && double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)))
        {
            writer.WriteNumberValue(Convert.ToDouble(value, CultureInfo.InvariantCulture));
        }
        else if (value is DateTime or DateTimeOffset)
        {
            writer.WriteStringValue(((IFormattable)value).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        }
        else writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
    }
}
