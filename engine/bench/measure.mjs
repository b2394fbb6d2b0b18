// CPU time of this process, which works on one core: the garbage collector's threads count too.

/** Microseconds of CPU that `run` costs, after a warm-up; the median of five rounds. */
export async function cpuMicroseconds(run, rounds = 5, milliseconds = 400) {
  await repeatFor(run, milliseconds);
  const costs = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const count = await repeatFor(run, milliseconds);
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / count);
  }
  return costs.sort((a, b) => a - b)[Math.floor(rounds / 2)];
}

async function repeatFor(run, milliseconds) {
  const until = performance.now() + milliseconds;
  let count = 0;
  let batch = 1;
  while (performance.now() < until) {
    const begun = performance.now();
    for (let i = 0; i < batch; i++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    count += batch;
    if (performance.now() - begun < 5) batch *= 2;
  }
  return count;
}
