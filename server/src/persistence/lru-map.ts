/**
 * A map that forgets what wasn't asked for lately once it's full. It has two generations of half the capacity: what is set
 * or asked for is in the younger one; when that is full it becomes the older one, and what the older one still held is
 * forgotten together. So the last `capacity / 2` keys are always there, and nothing is ever taken away one by one: a `Map`
 * whose first entries go leaves holes, over which each look for its first entry has to pass.
 */
export class LruMap<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();
  private readonly half: number;

  constructor(capacity: number) {
    this.half = Math.ceil(capacity / 2);
  }

  get(key: K): V | undefined {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    this.young.set(key, value);
    if (this.young.size < this.half) return;
    this.old = this.young;
    this.young = new Map();
  }

  delete(key: K): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }
}
