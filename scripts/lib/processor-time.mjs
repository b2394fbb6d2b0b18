import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever its own clock does. */
const TICKS_PER_SECOND = 100;

/**
 * Seconds of processor time used so far by this process, by the processes named (each with those of its children that have
 * ended), by a PostgreSQL cluster, and by the whole machine. Linux only.
 * @param pids whose time is asked for
 * @param postmaster the cluster's first process; its sessions are its children
 */
export function processorTimes(pids, postmaster) {
  const own = process.cpuUsage();
  const sessions = postmaster ? childrenOf(postmaster) : [];
  return {
    driver: (own.user + own.system) / 1e6,
    server: sum(pids.map(timeOf)),
    postgres: postmaster ? sum([postmaster, ...sessions].map(timeOf)) : 0,
    machine: machineTime(),
  };
}

/** Seconds of all processors since the machine started. Linux only. */
export function machineTime() {
  const counters = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  const [user, nice, system, , , interrupts, softInterrupts, stolen = 0] = counters;
  return (user + nice + system + interrupts + softInterrupts + stolen) / TICKS_PER_SECOND;
}

/** What was used between two looks; `others` is everybody whom we didn't ask about. */
export function processorTimeBetween(before, after) {
  const used = (name) => after[name] - before[name];
  const ours = { driver: used('driver'), server: used('server'), postgres: Math.max(0, used('postgres')) };
  return { ...ours, others: Math.max(0, used('machine') - ours.driver - ours.server - ours.postgres) };
}

/** Resident memory in MiB. */
export function residentMemory(pid) {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

function timeOf(pid) {
  const fields = statOf(pid);
  if (!fields) return 0;
  // utime, stime, and the same of children that have ended and were waited for
  return sum(fields.slice(11, 15).map(Number)) / TICKS_PER_SECOND;
}

function childrenOf(parent) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(statOf(name)?.[1]) === parent);
}

/** The fields after the program's name, which may hold spaces. Null when the process has ended. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
