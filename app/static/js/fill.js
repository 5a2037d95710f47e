/** A sentence with its gaps filled: fill("{n} left", { n: 3 }). */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
