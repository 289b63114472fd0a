// A trustee's phrase, the key that it makes in a wave, and the print of a key: as in
// app/keys/phrase.py. The phrase never leaves the browser.

// No vowels, so no words; no O, I, 0, 1, so no doubts.
export const ALPHABET = "BCDFGHJKLMNPQRSTVXZ23456789";
const BASE = ALPHABET.length;
const SIGNS = 20; // the last one a check sign
const ROUNDS = 600_000;
// The largest multiple of BASE that a byte can count to.
const FAIR = 256 - (256 % BASE);
// What stands before the 32 bytes of an X25519 key in PKCS #8 (RFC 8410).
const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20];

const inGroups = (signs, size) => signs.match(new RegExp(`.{${size}}`, "g")).join("-");

// The last sign of a code: weights 1, 2, 1, 2… find every wrong sign and every swap of neighbours.
function checkSign(signs) {
  const values = Array.from(signs, (sign) => ALPHABET.indexOf(sign));
  return ALPHABET[values.reduce((sum, value, i) => sum + value * (1 + (i % 2)), 0) % BASE];
}

// A fresh phrase, as it is shown: XXXXX-XXXXX-XXXXX-XXXXX.
export function makePhrase(fill = (bytes) => crypto.getRandomValues(bytes)) {
  let signs = "";
  while (signs.length < SIGNS - 1) {
    for (const byte of fill(new Uint8Array(SIGNS))) if (byte < FAIR) signs += ALPHABET[byte % BASE];
  }
  signs = signs.slice(0, SIGNS - 1);
  return inGroups(signs + checkSign(signs), 5);
}

// What was typed, as {signs} (the 19 that make the key), or as {fault}: "sign" and which one is in
// no phrase, "length" and how many there are, "check" when one of them is wrong.
export function readPhrase(typed) {
  const signs = Array.from(typed.normalize("NFKC").replace(/[\s\-‐‑‒–—]/gu, "").toUpperCase());
  const strange = signs.filter((sign) => !ALPHABET.includes(sign)).sort()[0];
  if (strange) return { fault: "sign", what: strange };
  if (signs.length !== SIGNS) return { fault: "length", what: signs.length };
  const said = signs.slice(0, -1).join("");
  return checkSign(said) === signs.at(-1) ? { signs: said } : { fault: "check" };
}

// The key pair of a phrase in a wave: {privateKey} for `openPart`, {publicKey} 32 bytes.
export async function keysOf(signs, wave) {
  const text = new TextEncoder();
  const salt = text.encode(`phieu trustee 1\0${wave}`);
  const secret = await crypto.subtle.importKey("raw", text.encode(signs), "PBKDF2", false, ["deriveBits"]);
  const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return keysFrom(new Uint8Array(await crypto.subtle.deriveBits(way, secret, 256)));
}

export async function keysFrom(bytes) {
  const take = (extractable) =>
    crypto.subtle.importKey("pkcs8", Uint8Array.of(...PKCS8, ...bytes), "X25519", extractable, ["deriveBits"]);
  // The only way from a private key to its public one: WebCrypto writes both into a JWK.
  const { x } = await crypto.subtle.exportKey("jwk", await take(true));
  return { privateKey: await take(false), publicKey: fromBase64(x.replace(/-/g, "+").replace(/_/g, "/")) };
}

// What people compare of a public key, in the form of a receipt: XXXX-XXXX-XXXX-XXXX.
export async function printOf(publicKey) {
  const digest = await sha256(publicKey);
  let value = BigInt(`0x${toHex(digest.subarray(0, 16))}`), signs = "";
  for (let i = 0; i < 15; i++, value /= BigInt(BASE)) signs += ALPHABET[Number(value % BigInt(BASE))];
  return inGroups(signs + checkSign(signs), 4);
}

// The public key file.
export const keyFile = (wave, publicKey) =>
  JSON.stringify({ format: "phieu.trustee/1", wave, key: toBase64(publicKey) });

// Whether this browser can do all that is needed: "" or what is lacking, "context" (the page did
// not come over https) or "x25519".
export async function lacking() {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return "context";
  try {
    const { privateKey, publicKey } = await keysFrom(crypto.getRandomValues(new Uint8Array(32)));
    const other = await crypto.subtle.importKey("raw", publicKey, "X25519", false, []);
    await crypto.subtle.deriveBits({ name: "X25519", public: other }, privateKey, 256);
    return "";
  } catch {
    return "x25519";
  }
}

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const fromBase64 = (signs) => Uint8Array.from(atob(signs), (sign) => sign.charCodeAt(0));
