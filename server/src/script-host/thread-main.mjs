// The thread of `ThreadedScriptRunner`. It's plain JavaScript, because Node starts it from its file in tests too.
// Requests come as messages; while a script runs, the answers to its questions come over a port of their own, and both
// threads wait for each other by the two counters of `signals`: [0] what this thread has sent, [1] what was answered.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createScriptRunner } from '@millrace/engine/script-runner';

const { port, signals, timeLimitMs } = workerData;

const runner = await createScriptRunner({
  interrupts: Number.POSITIVE_INFINITY,
  startDeadline: () => {
    const end = performance.now() + timeLimitMs;
    return () => performance.now() > end;
  },
});

parentPort?.on('message', (request) => {
  // Answers to a script that was stopped while it asked would be taken for those of the next one.
  while (receiveMessageOnPort(port));
  if (request.kind === 'check') send({ kind: 'checked', fault: runner.check(request.source) });
  else send({ kind: 'ended', outcome: runner.run(request.source, request.setup, ask) });
});
send({ kind: 'ready' });

function ask(operation, name, args) {
  const before = Atomics.load(signals, 1);
  send({ kind: 'asked', operation, name, args });
  // The notification of an answer may come as late as in the next question's wait: only the counter tells.
  while (Atomics.load(signals, 1) === before) Atomics.wait(signals, 1, before);
  const { text, error } = receiveMessageOnPort(port).message;
  if (error !== undefined) throw new Error(error);
  return text;
}

function send(message) {
  port.postMessage(message);
  Atomics.add(signals, 0, 1);
  Atomics.notify(signals, 0);
}
