import { toTyped } from './applications.mjs';
import { RIGHT_IBAN, underwrite } from './plan.mjs';
import { forEachConcurrently } from './pool.mjs';
import { RestError } from './rest.mjs';
import { PROCESS_KEY } from './submit.mjs';

const MOST_FAILURES = 10;

/**
 * Plays the applicants, clerks, underwriters and the calendar. A round looks at what waits, acts on it once, and keeps no
 * account of what it did: if an answer was lost the next round sees whether the instance moved on.
 */
export class Players {
  #rest;
  #book;
  #concurrency;
  #timers = new Map();
  #failures = new Map();
  /** Sentences about what went wrong for good. */
  problems = [];

  constructor({ rest, book, concurrency }) {
    this.#rest = rest;
    this.#book = book;
    this.#concurrency = concurrency;
  }

  /** Resolves to the number of things done. */
  async round() {
    const waiting = await Promise.all([
      this.#rest.list(`/task?processDefinitionKey=${PROCESS_KEY}&sortBy=created&sortOrder=asc`),
      this.#subscriptions('documents-received'),
      this.#subscriptions('offer-answered'),
      this.#rest.list('/external-task?topicName=archive-documents&sortBy=createTime&sortOrder=asc'),
    ]);
    const [tasks, documents, offers, archiving] = waiting;
    const steps = [
      ...tasks.map((task) => ({ id: task.id, waiting: task, act: TASKS[task.taskDefinitionKey] })),
      ...documents.map((subscription) => ({ id: subscription.id, waiting: subscription, act: answerDocumentRequest })),
      ...offers.map((subscription) => ({ id: subscription.id, waiting: subscription, act: answerOffer })),
      ...archiving.map((task) => ({ id: task.id, waiting: task, act: withdrawWhileArchiving })),
    ]
      .map((step) => ({ ...step, application: this.#book.ofInstance(step.waiting.processInstanceId) }))
      .filter(({ application, act, id }) => application && act && (this.#failures.get(id) ?? 0) < MOST_FAILURES);
    let done = 0;
    await forEachConcurrently(steps, this.#concurrency, async (step) => {
      if (await this.#perform(step)) done += 1;
    });
    return done;
  }

  async #perform({ id, act, application, waiting }) {
    try {
      return (await act(this, application, waiting)) !== false;
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      // Mostly it moved on by itself, and the next round doesn't see it any more.
      const failures = (this.#failures.get(id) ?? 0) + 1;
      this.#failures.set(id, failures);
      if (failures === MOST_FAILURES) this.problems.push(`${application.businessKey}: ${error.message}`);
      return false;
    }
  }

  #subscriptions(eventName) {
    return this.#rest.list(`/event-subscription?eventType=message&eventName=${eventName}&sortBy=created&sortOrder=asc`);
  }

  send(messageName, { businessKey }, variables = {}) {
    return this.#rest.post('/message', { messageName, businessKey, processVariables: toTyped(variables) });
  }

  complete(task, variables = {}) {
    return this.#rest.post(`/task/${task.id}/complete`, { variables: toTyped(variables) });
  }

  async variablesOf(task) {
    const typed = await this.#rest.get(`/task/${task.id}/variables?deserializeValues=false`);
    return Object.fromEntries(Object.entries(typed).map(([name, { value }]) => [name, value]));
  }

  /** Lets the time pass for one timer. False when it isn't there any more. */
  async passTime({ instanceId }, activityId) {
    const jobs = await this.#rest.get(`/job?processInstanceId=${instanceId}&timers=true`);
    for (const { id, jobDefinitionId } of jobs) {
      if ((await this.#activityOf(jobDefinitionId)) === activityId) {
        await this.#rest.post(`/job/${id}/execute`, {});
        return true;
      }
    }
    return false;
  }

  async #activityOf(jobDefinitionId) {
    if (!this.#timers.has(jobDefinitionId)) {
      const { activityId } = await this.#rest.get(`/job-definition/${jobDefinitionId}`);
      this.#timers.set(jobDefinitionId, activityId);
    }
    return this.#timers.get(jobDefinitionId);
  }
}

async function answerDocumentRequest(players, application) {
  if (application.withdrawsAt === 'documents') return players.send('application-withdrawn', application);
  if (application.documents !== 'silent') return players.send('documents-received', application);
  if (!application.hasBeenReminded) {
    await players.passTime(application, 'ReminderDue');
    application.hasBeenReminded = true;
    return true;
  }
  return players.passTime(application, 'DocumentsOverdue');
}

function answerOffer(players, application) {
  if (application.withdrawsAt === 'offer') return players.send('application-withdrawn', application);
  if (application.offer === 'silent') return players.passTime(application, 'OfferDeadline');
  const { accountNumber } = application;
  return players.send('offer-answered', application, {
    offerAccepted: application.offer === 'accept',
    ...(accountNumber ? { accountNumber } : {}),
  });
}

/** The money is paid already. */
function withdrawWhileArchiving(players, application) {
  return application.withdrawsAt === 'archive' && players.send('application-withdrawn', application);
}

/** What each user task's person does, by the task's id in the model. False: nothing to do now. */
const TASKS = {
  CheckDocuments(players, application, task) {
    application.checks.add(task.id);
    const isFirst = application.checks.values().next().value === task.id;
    return players.complete(task, { documentsComplete: !(isFirst && application.documents === 'twice') });
  },

  ReviewApplication(players, application, task) {
    if (application.withdrawsAt === 'underwriting') return players.send('application-withdrawn', application);
    // The underwriter is on holiday: after two days the manager gets the task as well.
    if (application.isEscalated) return players.passTime(application, 'ReviewOverdue');
    return review(players, task);
  },

  EscalatedReview: (players, _application, task) => review(players, task),

  AgreeTerms: (players, _application, task) => players.complete(task),

  CorrectAccount: (players, _application, task) => players.complete(task, { accountNumber: RIGHT_IBAN }),
};

async function review(players, task) {
  return players.complete(task, underwrite(await players.variablesOf(task)));
}
