import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LoadGauge } from './load-gauge.js';
import { ServiceUnavailable } from './rest-error.js';

export interface AdmissionLimits {
  /** Requests that are being worked on at a time. */
  readonly maxRequests: number;
  /** Clients that wait for external tasks at a time. */
  readonly maxLongPolls: number;
  /** Of the bodies of all requests that are being worked on, in bytes. */
  readonly maxBodiesBytes: number;
  /** What a body without a length counts as, in bytes. */
  readonly maxBodyBytes: number;
  /** Commands that wait for their commit. */
  readonly maxWaitingCommits: number;
}

/** What was decided and isn't written yet. */
export interface Backlog {
  readonly waiting: number;
}

type Kind = 'free' | 'poll' | 'completion' | 'read' | 'other';

const API = /^\/+(engine-rest|api)(\/|$)/i;
const POLL = '/engine-rest/external-task/fetchAndLock';
/** Ends work that somebody has begun: what was done already must not be lost to work that is new. */
const COMPLETION =
  /^\/engine-rest\/(external-task\/:id\/(complete|failure|bpmnError|extendLock|unlock)|task\/:id\/(complete|submit-form|resolve|bpmnError|bpmnEscalation))$/;
/** How many more requests of that kind are taken than others. */
const COMPLETION_FACTOR = 2;
/** So many are always taken: a server that is late must get a chance to find out that it no longer is. */
const FLOOR = 8;

/**
 * The one place that decides whether the server takes a request or asks the client to come back: by the number and size
 * of those it has, by what waits to be written, and by how late it is. Health checks and the browser app's files are always answered.
 */
export class Admission {
  private requests = 0;
  private polls = 0;
  private bodies = 0;

  constructor(
    private readonly limits: AdmissionLimits,
    private readonly load: LoadGauge,
    private readonly commits: Backlog,
  ) {}

  /** Call it before any other hook is added. */
  guard(fastify: FastifyInstance): void {
    const exits = new WeakMap<FastifyReply, () => void>();
    fastify.addHook('onRequest', (request, reply, done) => {
      const kind = kindOf(request);
      if (kind === 'free') return done();
      const bytes = this.sizeOf(request);
      const refusal = this.refusal(kind, bytes);
      if (refusal !== null) return done(new ServiceUnavailable(refusal));
      exits.set(reply, this.enter(kind, bytes));
      // Without an answer the client has gone, but the work for it goes on until it's answered in vain.
      reply.raw.once('close', () => {
        if (reply.raw.headersSent) exits.get(reply)?.();
      });
      done();
    });
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      if (reply.raw.destroyed || reply.raw.closed) exits.get(reply)?.();
      done(null, payload);
    });
  }

  private refusal(kind: Kind, bytes: number): string | null {
    const { maxRequests, maxLongPolls, maxBodiesBytes, maxWaitingCommits } = this.limits;
    if (this.bodies + bytes > maxBodiesBytes && this.bodies > 0)
      return 'The server has as much data of other requests as it can hold';
    if (kind === 'poll') return this.polls < maxLongPolls ? null : `${maxLongPolls} clients wait for tasks already`;
    const most = kind === 'completion' ? COMPLETION_FACTOR * maxRequests : maxRequests;
    if (this.requests >= most) return `The server is working on ${this.requests} requests already`;
    if (kind === 'completion') return null;
    if (kind === 'other' && this.commits.waiting >= maxWaitingCommits)
      return `${this.commits.waiting} commands wait to be written to the database already`;
    if (this.requests < FLOOR) return null;
    return this.load.complaint();
  }

  /** @returns what ends it, once */
  private enter(kind: Kind, bytes: number): () => void {
    let left = false;
    const count = (by: 1 | -1) => {
      this.bodies += by * bytes;
      if (kind === 'poll') this.polls += by;
      else this.requests += by;
    };
    count(1);
    return () => {
      if (left) return;
      left = true;
      count(-1);
    };
  }

  private sizeOf({ headers }: FastifyRequest): number {
    const { 'content-length': length, 'transfer-encoding': encoding } = headers;
    if (length !== undefined) return Math.min(Number(length) || 0, this.limits.maxBodyBytes);
    return encoding === undefined ? 0 : this.limits.maxBodyBytes;
  }
}

function kindOf({ method, url, routeOptions }: FastifyRequest): Kind {
  const route = routeOptions.url ?? '';
  if (!API.test(url.split('?', 1)[0] ?? url) && !API.test(route)) return 'free';
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'read';
  if (method !== 'POST') return 'other';
  if (route === POLL) return 'poll';
  return COMPLETION.test(route) ? 'completion' : 'other';
}
