// One message to the server. Status 0: no answer came; 302: it asks for the log-in.
const PATIENCE = 20_000; // milliseconds

export async function post(url, csrf, body) {
  const form = body instanceof FormData;
  const headers = { "X-CSRFToken": csrf, Accept: "application/json" };
  if (!form) headers["Content-Type"] = "application/json";
  try {
    const signal = AbortSignal.timeout(form ? 4 * PATIENCE : PATIENCE);
    const answer = await fetch(url, { method: "POST", headers, body: form ? body : JSON.stringify(body), redirect: "manual", signal });
    if (answer.type === "opaqueredirect") return { status: 302, told: {} };
    const json = answer.headers.get("Content-Type")?.includes("json");
    return { status: answer.status, told: json ? await answer.json() : {} };
  } catch {
    return { status: 0, told: {} };
  }
}
