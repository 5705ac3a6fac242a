import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { formatCheckpoint, signNote } from '#lib/transparency-log';
import { ed25519PrivateKey } from '../installation/keys.ts';

/** Signs heads of this log, and looks at each signature once more before it is used. */
export class CheckpointSigner {
  private readonly publicKey: KeyObject;

  constructor(
    private readonly origin: string,
    private readonly secretKey: Uint8Array,
  ) {
    this.publicKey = createPublicKey(ed25519PrivateKey(secretKey));
  }

  /** The signed note of this head, C2SP tlog-checkpoint. @throws Error when the signature does not hold */
  sign(size: bigint, root: Uint8Array): string {
    const { origin, secretKey } = this;
    const note = signNote(formatCheckpoint({ origin, size, root }), { name: origin, secretKey });
    this.requireGoodSignature(note);
    return note;
  }

  /** The signature once more, on other code: a checkpoint that does not open would end the log. */
  private requireGoodSignature(note: string): void {
    const end = note.indexOf('\n\n');
    const signature = Buffer.from(note.slice(note.lastIndexOf(' ') + 1), 'base64').subarray(4);
    if (verify(null, Buffer.from(note.slice(0, end + 1)), this.publicKey, signature)) return;
    throw new Error('the signature of a new checkpoint does not hold; it is made again');
  }
}
