/** Runs tasks of the same key one after the other, in the order in which they came; of different keys side by side. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.tails.get(key) ?? Promise.resolve()).then(task);
    const tail = result
      .catch(() => undefined)
      .then(() => {
        if (this.tails.get(key) === tail) this.tails.delete(key);
      });
    this.tails.set(key, tail);
    return result;
  }

  /** A task that has its turn at several keys at once. All take them in the same order, so nobody waits in a circle. */
  runAll<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
    const take = ([key, ...others]: readonly string[]): Promise<T> =>
      key === undefined ? task() : this.run(key, () => take(others));
    return take([...new Set(keys)].sort());
  }
}
