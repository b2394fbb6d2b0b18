import { expect } from 'vitest';
import { type Answer, type RestServer, startRestServer } from '../rest-server.js';
import { eachOf } from './each-of.js';
import { Loan } from './loan.js';
import { loanForm, loanJson } from './loan-models.js';
import { PLACES, type Place } from './loan-places.js';

/** The worker that values collateral is replaced in version 2. */
export const PINS = { 'worker-versions': '{"valuation": ">=2"}' };

/** A server with version 1 of the loan process, and everything the story asks of it. */
export class LoanStory {
  readonly loans: { readonly loan: Loan; readonly place: Place }[] = [];

  private constructor(readonly server: RestServer) {}

  static async begin(): Promise<LoanStory> {
    const story = new LoanStory(await startRestServer());
    await story.deploy(1);
    return story;
  }

  /** Starts as many loans and brings them to all the places in turn. */
  async populate(count: number): Promise<void> {
    await eachOf(Array.from({ length: count }), async (_, index) => {
      const place = PLACES[index % PLACES.length]!;
      const loan = await this.start(`APP-${index}`, place);
      await place.reach(loan);
      this.loans.push({ loan, place });
    });
  }

  async start(businessKey: string, place: Partial<Place> = {}): Promise<Loan> {
    const { variables } = await loanJson('sample-application.json');
    variables.applicationId.value = businessKey;
    variables.documentsComplete.value = place.documentsComplete ?? true;
    const others = Array.from({ length: place.coApplicants ?? 0 }, (_, i) => ({ name: `co-applicant ${i}` }));
    if (others.length > 0) variables.coApplicants = { type: 'Json', value: JSON.stringify(others) };
    const body = { businessKey, variables };
    const answer = await this.server.post('/process-definition/key/loan-application/start', body);
    expect(answer.status).toBe(200);
    return new Loan(this.server, answer.body.id, businessKey);
  }

  async deploy(version: 1 | 2): Promise<Answer> {
    const answer = await this.upload('/deployment/create', await loanForm(version, version === 2 ? PINS : {}));
    expect(answer.status).toBe(200);
    return answer;
  }

  async upload(path: string, form: FormData): Promise<Answer> {
    const answer = await fetch(this.server.url + path, { method: 'POST', body: form });
    return { status: answer.status, contentType: answer.headers.get('content-type'), body: await answer.json() };
  }

  api(path: string, body?: unknown): Promise<Answer> {
    return body === undefined ? this.server.get(`/../api/${path}`) : this.server.post(`/../api/${path}`, body);
  }

  at(...names: string[]): Loan[] {
    for (const name of names) expect(PLACES.map((place) => place.name)).toContain(name);
    return this.loans.filter(({ place }) => names.includes(place.name)).map(({ loan }) => loan);
  }

  /** @returns the id of a process's version */
  async definition(key: string, version: number): Promise<string> {
    return (await this.server.get(`/process-definition?key=${key}&version=${version}`)).body[0].id;
  }

  /** How many instances of a version run. */
  async running(key: string, version: number): Promise<number> {
    const id = await this.definition(key, version);
    return (await this.server.get(`/process-instance/count?processDefinitionId=${id}`)).body.count;
  }

  /** A worker over REST says that it is there. */
  async announce(workerId: string, version: string, topics: readonly string[]): Promise<void> {
    const startedAt = new Date().toISOString();
    const names = topics.map((name) => ({ name, concurrency: 10 }));
    const { status } = await this.api('workers/heartbeat', { workerId, version, topics: names, startedAt });
    expect(status).toBe(204);
  }

  async setState(definitionId: string, state: string): Promise<void> {
    const { status } = await this.server.put(`/../api/process-definition/${definitionId}/state`, { state });
    expect(status).toBeLessThan(300);
  }

  /** Runs a batch's jobs until none is left. @returns its progress, and those seen on the way */
  async drive({ id, seedJobDefinitionId, batchJobDefinitionId }: Record<string, string>) {
    const seen: { total: number; done: number; failed: number; skipped: number }[] = [];
    for (const definition of [seedJobDefinitionId, batchJobDefinitionId])
      for (;;) {
        const { body } = await this.server.get(`/job?jobDefinitionId=${definition}&withRetriesLeft=true&maxResults=1`);
        if (body.length === 0) break;
        await this.server.post(`/job/${body[0].id}/execute`);
        const answer = await this.api(`batch/${id}`);
        if (answer.status === 200) seen.push(answer.body);
      }
    return { ...(await this.api(`batch/${id}`)).body, seen };
  }
}
