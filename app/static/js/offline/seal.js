// What lies on the phone is sealed with a key that no script can read out, and that goes with everything else.
const KIND = { name: "AES-GCM", length: 256 };
const IV = 12; // bytes

/** Whether this browser can keep anything safely: not by plain HTTP, not where it keeps nothing at all. */
export const able = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB && navigator.locks);

export const newKey = () => crypto.subtle.generateKey(KIND, false, ["encrypt", "decrypt"]);

/** Bytes sealed, with what opens them beside the key. */
export async function sealBytes(key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  return { iv, bytes: await crypto.subtle.encrypt({ name: KIND.name, iv }, key, bytes) };
}

export const openBytes = (key, { iv, bytes }) => crypto.subtle.decrypt({ name: KIND.name, iv }, key, bytes);

export const seal = (key, value) => sealBytes(key, new TextEncoder().encode(JSON.stringify(value)));

export const open = async (key, sealed) => JSON.parse(new TextDecoder().decode(await openBytes(key, sealed)));
