// HPKE, RFC 9180: base mode, one message, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The
// primitives are those of the browser; here is only what the RFC puts between them.

const ENC = 32;
const KEM = [0x4b, 0x45, 0x4d, 0, 0x20]; // "KEM", 0x0020
const SUITE = [0x48, 0x50, 0x4b, 0x45, 0, 0x20, 0, 1, 0, 2]; // "HPKE", KEM, KDF, AEAD
const NOTHING = new Uint8Array(0);
const text = new TextEncoder();

const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
};

async function hmac(key, bytes) {
  return new Uint8Array(await crypto.subtle.sign("HMAC", await key, bytes));
}
const hmacKey = (bytes) =>
  crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

// An empty salt is as many zeros as a hash has bytes (RFC 5869).
let unsalted;
const extract = (suite, salt, label, bytes) =>
  hmac(salt === NOTHING ? (unsalted ??= hmacKey(new Uint8Array(32))) : hmacKey(salt),
    joined(text.encode("HPKE-v1"), suite, text.encode(label), bytes));

// One block of HKDF is 32 bytes, and nothing longer is needed.
const expand = async (suite, key, label, info, length) =>
  (await hmac(key, joined([0, length], text.encode("HPKE-v1"), suite, text.encode(label), info, [1]))).subarray(0, length);

// What all messages with one `info` (bytes) have in common; made once, given to `open` and `seal`.
export async function contextOf(info) {
  const idHash = await extract(SUITE, NOTHING, "psk_id_hash", NOTHING);
  return joined([0], idHash, await extract(SUITE, NOTHING, "info_hash", info));
}

async function cipherOf(shared, enc, publicKey, context) {
  const prk = hmacKey(await extract(KEM, NOTHING, "eae_prk", shared));
  const secret = await expand(KEM, prk, "shared_secret", joined(enc, publicKey), 32);
  const schedule = hmacKey(await extract(SUITE, secret, "secret", NOTHING));
  const [key, iv] = await Promise.all([
    expand(SUITE, schedule, "key", context, 32),
    expand(SUITE, schedule, "base_nonce", context, 12),
  ]);
  return { key: await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]), iv };
}

const agree = async (privateKey, publicKey) => {
  const other = await crypto.subtle.importKey("raw", publicKey, "X25519", false, []);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: other }, privateKey, 256));
};

// What was sealed to a key pair (of `keysFrom`); null when it does not open.
export async function open(keys, context, sealed, additionalData = NOTHING) {
  try {
    const enc = sealed.subarray(0, ENC);
    const { key, iv } = await cipherOf(await agree(keys.privateKey, enc), enc, keys.publicKey, context);
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed.subarray(ENC)));
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

// Seals to a public key with a key pair that is used for nothing else. The pages only open: this is
// for tests, which hold it to the RFC.
export async function seal(once, publicKey, context, plain, additionalData = NOTHING) {
  const shared = await agree(once.privateKey, publicKey);
  const { key, iv } = await cipherOf(shared, once.publicKey, publicKey, context);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plain);
  return joined(once.publicKey, new Uint8Array(sealed));
}
