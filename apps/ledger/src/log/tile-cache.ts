/** Bytes of tiles in memory, the ones asked for last; full tiles only, which never change and are most of a log. */
export class TileCache {
  private readonly tiles = new Map<string, Buffer>();
  private held = 0;

  constructor(private readonly maxBytes: number) {}

  get(path: string): Buffer | undefined {
    const bytes = this.tiles.get(path);
    if (bytes) {
      // a Map keeps its order of insertion: what was asked for goes to the end
      this.tiles.delete(path);
      this.tiles.set(path, bytes);
    }
    return bytes;
  }

  set(path: string, bytes: Buffer): void {
    if (this.tiles.has(path) || bytes.length > this.maxBytes) return;
    this.tiles.set(path, bytes);
    this.held += bytes.length;
    for (const [oldest, { length }] of this.tiles) {
      if (this.held <= this.maxBytes) return;
      this.tiles.delete(oldest);
      this.held -= length;
    }
  }
}
