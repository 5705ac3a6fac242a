"""Checks a .tlog-proof of an entry, written from the public texts alone and sharing no code with the service:
C2SP tlog-proof, tlog-checkpoint, tlog-cosignature and signed-note, RFC 9162 (2.1.3.2) and RFC 8032 (5.1.7).

    check_tlog_proof.py ENTRY PROOF LOG_KEY [WITNESS_KEY ...]

ENTRY and PROOF are files, keys are verifier keys. Prints index, size and who cosigned; exits 1 with the reason.
Needs nothing but Python 3.8.
"""
import base64
import hashlib
import sys

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def sha(data):
    return hashlib.sha256(data).digest()


def require(holds, reason):
    if not holds:
        raise ValueError(reason)


# Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, i, j, k = f - e, h - g, h + g, f + e
    return (e * i % P, j * k % P, i * j % P, e * k % P)


def multiply(n, point):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, point)
        point = add(point, point)
        n >>= 1
    return result


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    require(y < P, "a point is not in its canonical form")
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    require((x * x - x2) % P == 0 and (x != 0 or sign == 0), "a point is not on the curve")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verify(public_key, message, signature):
    require(len(signature) == 64, "a signature has not 64 bytes")
    s = int.from_bytes(signature[32:], "little")
    require(s < L, "a signature is not in its canonical form")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    left = multiply(s, BASE)
    right = add(decompress(signature[:32]), multiply(k, decompress(public_key)))
    same = (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0
    require(same, "a signature does not hold")


def read_key(text):
    name, key_id, encoded = text.split("+", 2)
    data = base64.b64decode(encoded, validate=True)
    require(sha(name.encode() + b"\n" + data)[:4].hex() == key_id, "key id of " + name)
    return name, bytes.fromhex(key_id), data[0], data[1:]


def open_note(note, keys):
    """Names of the keys that signed; a known key whose signature fails ends it."""
    text, lines = note[: note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2 :]
    signers = []
    for line in lines.splitlines():
        dash, name, encoded = line.split(" ")
        require(dash == "\u2014", "a signature line without its dash")
        blob = base64.b64decode(encoded, validate=True)
        for key_name, key_id, kind, public_key in keys:
            if (key_name, key_id) != (name, blob[:4]):
                continue
            if kind == 4:
                time = int.from_bytes(blob[4:12], "big")
                verify(public_key, ("cosignature/v1\ntime %d\n" % time + text).encode(), blob[12:])
            else:
                verify(public_key, text.encode(), blob[4:])
            signers.append(name)
    return text, signers


def check(entry, proof, log_key, witness_keys):
    head, note = proof.split("\n\n", 1)
    lines = head.split("\n")
    require(lines.pop(0) == "c2sp.org/tlog-proof@v1", "another format")
    if lines[0].startswith("extra "):
        lines.pop(0)
    word, index = lines.pop(0).split(" ")
    require(word == "index" and str(int(index)) == index, "no index")
    path = [base64.b64decode(line, validate=True) for line in lines]
    text, signers = open_note(note, [log_key] + witness_keys)
    origin, size, root = text.split("\n")[:3]
    require(origin == log_key[0] and origin in signers, "the log did not sign its checkpoint")
    fn, sn, r = int(index), int(size) - 1, sha(b"\0" + entry)
    require(fn <= sn, "the index is beyond the size")
    for p in path:
        require(sn != 0 and len(p) == 32, "a hash too many")
        if fn & 1 or fn == sn:
            r = sha(b"\1" + p + r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\1" + r + p)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0 and r == base64.b64decode(root, validate=True), "the hashes do not lead to the root")
    return "%s %s %s" % (index, size, ",".join(signers[1:]) or "-")


if __name__ == "__main__":
    try:
        with open(sys.argv[1], "rb") as entry, open(sys.argv[2], encoding="utf-8", newline="") as proof:
            print(check(entry.read(), proof.read(), read_key(sys.argv[3]), [read_key(key) for key in sys.argv[4:]]))
    except ValueError as error:
        sys.exit("refused: %s" % error)
