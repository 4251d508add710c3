import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { tryRead } from '../http/members.js';

/** The first byte of everything that is sealed; another one is a format that this version does not know. */
const VERSION = 1;
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D section 8.2.2: random, 96 bits. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Tells which key sealed, and nothing about it. */
const KEY_ID_BYTES = 4;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/** What opening something sealed came to: its text, and whether the first key sealed it; or why there is none. */
export type Opened =
  { readonly text: string; readonly isCurrent: boolean } | { readonly failure: 'other-key' | 'changed' };

interface Key {
  readonly id: Buffer;
  readonly bytes: Buffer;
}

/**
 * Seals texts with AES-256-GCM. The key of the cipher is HKDF-SHA256 (RFC 5869) of a secret, without salt, with the
 * info `vitals secret v1`; the first 4 bytes of the same with the info `vitals secret id v1` name it. A secret has to
 * be random: it is not stretched, as a password would have to be.
 *
 * What is sealed is, in base64url: version (1 byte, 1) · name of the key (4) · nonce (12, random) · ciphertext ·
 * tag (16). The context is the associated data: what was sealed in one place does not open in another.
 */
export class SecretBox {
  private readonly keys: readonly Key[];

  /** @param secrets the first one seals, all of them open; with none nothing can be sealed */
  constructor(secrets: readonly string[]) {
    this.keys = secrets.map((secret) => ({
      id: derived(secret, 'vitals secret id v1', KEY_ID_BYTES),
      bytes: derived(secret, 'vitals secret v1', KEY_BYTES),
    }));
  }

  /** Whether there is a key. */
  get seals(): boolean {
    return this.keys.length > 0;
  }

  /** @throws Error if there is no key */
  seal(text: string, context: string): string {
    const [key] = this.keys;
    if (!key) throw new Error('there is no key to seal with');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const head = [Buffer.of(VERSION), key.id, nonce];
    return Buffer.concat([...head, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** Opens what was sealed with the same context by one of the keys; never throws. */
  open(sealed: string, context: string): Opened {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes[0] !== VERSION || bytes.length < HEAD_BYTES + TAG_BYTES) return { failure: 'changed' };
    const id = bytes.subarray(1, 1 + KEY_ID_BYTES);
    const keys = this.keys.filter((each) => each.id.equals(id));
    if (keys.length === 0) return { failure: 'other-key' };
    for (const key of keys) {
      const text = decrypted(bytes, key, context);
      if (text !== undefined) return { text, isCurrent: key === this.keys[0] };
    }
    return { failure: 'changed' };
  }
}

function decrypted(bytes: Buffer, { bytes: key }: Key, context: string): string | undefined {
  const nonce = bytes.subarray(1 + KEY_ID_BYTES, HEAD_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = bytes.subarray(HEAD_BYTES, -TAG_BYTES);
  return tryRead(() => Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8'));
}

function derived(secret: string, info: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', info, length));
}
